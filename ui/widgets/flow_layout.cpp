#include "ui/widgets/flow_layout.h"

#include <algorithm>
#include <utility>

namespace headroom::ui {

FlowLayout::FlowLayout(QWidget* parent, int spacing) : QLayout(parent)
{
    setContentsMargins(0, 0, 0, 0);
    setSpacing(spacing);
}

FlowLayout::~FlowLayout()
{
    for (QLayoutItem* item : m_items) delete item;
}

void FlowLayout::addItem(QLayoutItem* item)
{
    m_items.push_back(item);
}

QLayoutItem* FlowLayout::itemAt(int index) const
{
    return index >= 0 && index < count() ? m_items[index] : nullptr;
}

QLayoutItem* FlowLayout::takeAt(int index)
{
    if (index < 0 || index >= count()) return nullptr;
    QLayoutItem* item = m_items[index];
    m_items.erase(m_items.begin() + index);
    return item;
}

void FlowLayout::setGeometry(const QRect& rect)
{
    QLayout::setGeometry(rect);
    arrange(rect, Placing::Apply);
}

QSize FlowLayout::minimumSize() const
{
    int height = 0;
    for (const QLayoutItem* item : m_items) height = std::max(height, item->isEmpty() ? 0 : item->minimumSize().height());
    return {1, height};
}

int FlowLayout::arrange(const QRect& rect, Placing placing) const
{
    int x = rect.left(), y = rect.top(), rowHeight = 0;
    std::vector<std::pair<QLayoutItem*, QRect>> row;
    const auto finishRow = [&] {
        for (auto& [item, place] : row) {
            if (placing == Placing::Apply) item->setGeometry(place.translated(0, (rowHeight - place.height()) / 2));
        }
        row.clear();
    };
    for (QLayoutItem* item : m_items) {
        if (item->isEmpty()) continue;
        const QSize wanted = item->sizeHint();
        const QSize size(std::min(wanted.width(), rect.width()), wanted.height());
        if (x > rect.left() && x + size.width() > rect.right() + 1) {
            finishRow();
            x = rect.left();
            y += rowHeight + spacing();
            rowHeight = 0;
        }
        row.emplace_back(item, QRect(QPoint(x, y), size));
        x += size.width() + spacing();
        rowHeight = std::max(rowHeight, size.height());
    }
    finishRow();
    return y + rowHeight - rect.top();
}

}  // namespace headroom::ui
