"""Draws headroom.svg's shapes as PNG files of the sizes desktops ask for. Made with Pillow 13; run it after changing the SVG."""
from pathlib import Path

from PIL import Image, ImageDraw

SIZES = (16, 24, 32, 48, 64, 128, 256, 512)
OVERSAMPLING = 8
TOP, BOTTOM = (0x84, 0x78, 0xFF), (0x4A, 0x3B, 0xC4)


def draw(size: int) -> Image.Image:
    side = size * OVERSAMPLING
    unit = side / 256
    box = lambda *corners: [corner * unit for corner in corners]
    ground = Image.new("RGBA", (1, side))
    for y in range(side):
        part = min(1, max(0, (y / unit - 8) / 240))
        ground.putpixel((0, y), tuple(round(a + (b - a) * part) for a, b in zip(TOP, BOTTOM)) + (255,))
    mask = Image.new("L", (side, side))
    ImageDraw.Draw(mask).rounded_rectangle(box(8, 8, 248, 248), 56 * unit, fill=255)
    icon = Image.new("RGBA", (side, side))
    icon.paste(ground.resize((side, side)), mask=mask)
    pen = ImageDraw.Draw(icon)
    pen.rounded_rectangle(box(56, 56, 200, 72), 8 * unit, fill="white")
    corners = [(98 * unit, 112 * unit), (98 * unit, 196 * unit), (170 * unit, 154 * unit)]
    pen.polygon(corners, fill="white")
    pen.line(corners + corners[:2], fill="white", width=round(16 * unit), joint="curve")
    for x, y in corners:
        pen.ellipse([x - 8 * unit, y - 8 * unit, x + 8 * unit, y + 8 * unit], fill="white")
    return icon.resize((size, size), Image.LANCZOS)


for size in SIZES:
    draw(size).save(Path(__file__).parent / f"headroom-{size}.png", optimize=True)
