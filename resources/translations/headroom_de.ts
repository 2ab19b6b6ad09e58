<?xml version="1.0" encoding="utf-8"?>
<!DOCTYPE TS>
<TS version="2.1" language="de" sourcelanguage="en">
<context>
    <name>BudgetSlider</name>
    <message>
        <source>Memory that may be used</source>
        <translation>Speicher, der benutzt werden darf</translation>
    </message>
    <message>
        <source>Nothing works below %1</source>
        <translation>Unter %1 geht nichts</translation>
    </message>
    <message>
        <source>Only ways that change pixels (≈) work below %1</source>
        <translation>Unter %1 gehen nur Wege, die Pixel verändern (≈)</translation>
    </message>
    <message>
        <source>Other programs use %1</source>
        <translation>Andere Programme benutzen %1</translation>
    </message>
    <message>
        <source>Nothing gets faster above %1</source>
        <translation>Über %1 wird nichts mehr schneller</translation>
    </message>
    <message>
        <source>Exact ways work here</source>
        <translation>Hier gehen exakte Wege</translation>
    </message>
    <message>
        <source>least</source>
        <translation>mindestens</translation>
    </message>
    <message>
        <source>fastest</source>
        <translation>am schnellsten</translation>
    </message>
    <message>
        <source>no streaming</source>
        <translation>ohne Streamen</translation>
    </message>
    <message>
        <source>exact</source>
        <translation>exakt</translation>
    </message>
    <message>
        <source>in all</source>
        <translation>insgesamt</translation>
    </message>
    <message>
        <source>and more</source>
        <translation>und mehr</translation>
    </message>
    <message>
        <source>From %1 on, %2:
%3
%4</source>
        <translation>Ab %1, %2:
%3
%4</translation>
    </message>
</context>
<context>
    <name>ClipPanel</name>
    <message>
        <source>Size preset</source>
        <translation>Größenvorgabe</translation>
    </message>
    <message>
        <source>Swap width and height</source>
        <translation>Breite und Höhe tauschen</translation>
    </message>
    <message>
        <source>Width in pixels</source>
        <translation>Breite in Pixeln</translation>
    </message>
    <message>
        <source>Height in pixels</source>
        <translation>Höhe in Pixeln</translation>
    </message>
    <message>
        <source>Number of frames</source>
        <translation>Anzahl der Bilder</translation>
    </message>
    <message>
        <source>Frames a second</source>
        <translation>Bilder pro Sekunde</translation>
    </message>
    <message>
        <source>Denoising steps</source>
        <translation>Entrauschungsschritte</translation>
    </message>
    <message>
        <source>Guidance</source>
        <translation>Führung</translation>
    </message>
    <message>
        <source>How strongly the prompt is followed; 1 and less turn guidance off, which halves the time</source>
        <translation>Wie genau dem Prompt gefolgt wird; 1 und weniger schalten die Führung ab, das halbiert die Zeit</translation>
    </message>
    <message>
        <source>&amp;Reset to model defaults</source>
        <translation>Zurück zu den &amp;Vorgaben</translation>
    </message>
    <message>
        <source>Reset to model defaults</source>
        <translation>Auf die Vorgaben des Modells zurücksetzen</translation>
    </message>
    <message>
        <source>Si&amp;ze</source>
        <translation>G&amp;röße</translation>
    </message>
    <message>
        <source>&amp;Width</source>
        <translation>&amp;Breite</translation>
    </message>
    <message>
        <source>He&amp;ight</source>
        <translation>Höh&amp;e</translation>
    </message>
    <message>
        <source>Fr&amp;ames</source>
        <translation>B&amp;ilder</translation>
    </message>
    <message>
        <source>Frames a sec&amp;ond</source>
        <translation>Bilder pro Se&amp;kunde</translation>
    </message>
    <message>
        <source>Length of the clip</source>
        <translation>Länge des Clips</translation>
    </message>
    <message>
        <source>&amp;Steps</source>
        <translation>&amp;Schritte</translation>
    </message>
    <message>
        <source>&amp;Guidance</source>
        <translation>&amp;Führung</translation>
    </message>
    <message>
        <source>See&amp;d of the clip shown</source>
        <translation>Seed des &amp;gezeigten Clips</translation>
    </message>
    <message>
        <source>Custom</source>
        <translation>Eigene</translation>
    </message>
    <message>
        <source>%1 s</source>
        <translation>%1 s</translation>
    </message>
</context>
<context>
    <name>Differences</name>
    <message>
        <source>%1 %2 (now %3)</source>
        <translation>%1 %2 (jetzt %3)</translation>
    </message>
    <message>
        <source>width</source>
        <translation>Breite</translation>
    </message>
    <message>
        <source>height</source>
        <translation>Höhe</translation>
    </message>
    <message>
        <source>frames</source>
        <translation>Bilder</translation>
    </message>
    <message>
        <source>frames a second</source>
        <translation>Bilder pro Sekunde</translation>
    </message>
    <message>
        <source>steps</source>
        <translation>Schritte</translation>
    </message>
    <message>
        <source>guidance</source>
        <translation>Führung</translation>
    </message>
</context>
<context>
    <name>FamilyText</name>
    <message>
        <source>Usual length</source>
        <translation>Übliche Länge</translation>
    </message>
    <message>
        <source>Double length</source>
        <translation>Doppelte Länge</translation>
    </message>
    <message>
        <source>Dynamic guidance</source>
        <translation>Dynamische Führung</translation>
    </message>
    <message>
        <source>The guidance follows the timestep instead of being the same at every step</source>
        <translation>Die Führung folgt dem Zeitschritt, statt in jedem Schritt gleich zu sein</translation>
    </message>
    <message>
        <source>Guidance with the negative prompt</source>
        <translation>Führung mit dem negativen Prompt</translation>
    </message>
    <message>
        <source>Above 1 every step has a second pass with the negative prompt and takes twice as long</source>
        <translation>Über 1 hat jeder Schritt einen zweiten Durchgang mit dem negativen Prompt und dauert doppelt so lange</translation>
    </message>
    <message>
        <source>Flow shift</source>
        <translation>Flow-Verschiebung</translation>
    </message>
    <message>
        <source>Above 1 more of the steps go to high noise, where the motion is decided; fewer steps want more</source>
        <translation>Über 1 gehen mehr Schritte an starkes Rauschen, wo sich die Bewegung entscheidet; weniger Schritte brauchen mehr davon</translation>
    </message>
    <message>
        <source>720p</source>
        <translation>720p</translation>
    </message>
    <message>
        <source>540p</source>
        <translation>540p</translation>
    </message>
    <message>
        <source>480p</source>
        <translation>480p</translation>
    </message>
    <message>
        <source>480p, as the authors run it</source>
        <translation>480p, wie bei den Autoren</translation>
    </message>
    <message>
        <source>720p, as the authors run it</source>
        <translation>720p, wie bei den Autoren</translation>
    </message>
    <message>
        <source>720p upright</source>
        <translation>720p hochkant</translation>
    </message>
    <message>
        <source>Guidance at little noise</source>
        <translation>Führung bei wenig Rauschen</translation>
    </message>
    <message>
        <source>Guidance of the second transformer, which paints the details</source>
        <translation>Führung des zweiten Transformers, der die Einzelheiten malt</translation>
    </message>
    <message>
        <source>Above 1 more of the steps go to high noise, where the motion is decided; larger clips want more</source>
        <translation>Über 1 gehen mehr Schritte an starkes Rauschen, wo sich die Bewegung entscheidet; größere Clips brauchen mehr davon</translation>
    </message>
</context>
<context>
    <name>FrameView</name>
    <message>
        <source>Viewer</source>
        <translation>Betrachter</translation>
    </message>
</context>
<context>
    <name>GeneratePanel</name>
    <message>
        <source>Generate</source>
        <translation>Erzeugen</translation>
    </message>
    <message>
        <source>Make the clip (Ctrl+Enter)</source>
        <translation>Den Clip erzeugen (Strg+Eingabe)</translation>
    </message>
    <message>
        <source>Stop</source>
        <translation>Anhalten</translation>
    </message>
    <message>
        <source>Stop the run (Esc)</source>
        <translation>Den Lauf anhalten (Esc)</translation>
    </message>
    <message>
        <source>Plan</source>
        <translation>Plan</translation>
    </message>
    <message>
        <source>Stopping…</source>
        <translation>Hält an …</translation>
    </message>
</context>
<context>
    <name>HelpDialogs</name>
    <message>
        <source>About Headroom</source>
        <translation>Über Headroom</translation>
    </message>
    <message>
        <source>Headroom %1</source>
        <translation>Headroom %1</translation>
    </message>
    <message>
        <source>Prompt to video inside the memory you allow.</source>
        <translation>Vom Prompt zum Video in dem Speicher, den Sie erlauben.</translation>
    </message>
    <message>
        <source>Qt %1</source>
        <translation>Qt %1</translation>
    </message>
    <message>
        <source>Keyboard shortcuts</source>
        <translation>Tastenkürzel</translation>
    </message>
    <message>
        <source>Ctrl+Enter</source>
        <translation>Strg+Eingabe</translation>
    </message>
    <message>
        <source>Generate</source>
        <translation>Erzeugen</translation>
    </message>
    <message>
        <source>Esc</source>
        <translation>Esc</translation>
    </message>
    <message>
        <source>Stop</source>
        <translation>Anhalten</translation>
    </message>
    <message>
        <source>Space</source>
        <translation>Leertaste</translation>
    </message>
    <message>
        <source>Play or pause</source>
        <translation>Abspielen oder anhalten</translation>
    </message>
    <message>
        <source>Left, Right</source>
        <translation>Links, Rechts</translation>
    </message>
    <message>
        <source>One frame back or on</source>
        <translation>Ein Bild zurück oder vor</translation>
    </message>
    <message>
        <source>Home, End</source>
        <translation>Pos1, Ende</translation>
    </message>
    <message>
        <source>First or last frame</source>
        <translation>Erstes oder letztes Bild</translation>
    </message>
    <message>
        <source>Ctrl+L</source>
        <translation>Strg+L</translation>
    </message>
    <message>
        <source>Keep the seed, or roll a new one</source>
        <translation>Seed behalten oder neu würfeln</translation>
    </message>
    <message>
        <source>Ctrl+M</source>
        <translation>Strg+M</translation>
    </message>
    <message>
        <source>Go to the memory budget</source>
        <translation>Zum Speicherbudget</translation>
    </message>
    <message>
        <source>Page Up, Page Down</source>
        <translation>Bild auf, Bild ab</translation>
    </message>
    <message>
        <source>Budget: the next plan up or down</source>
        <translation>Budget: nächster Plan nach oben oder unten</translation>
    </message>
    <message>
        <source>Budget: the least that works, the fastest</source>
        <translation>Budget: das kleinste, das geht; das schnellste</translation>
    </message>
    <message>
        <source>Ctrl+O</source>
        <translation>Strg+O</translation>
    </message>
    <message>
        <source>Open clip settings</source>
        <translation>Einstellungen eines Clips öffnen</translation>
    </message>
    <message>
        <source>Ctrl+Shift+O</source>
        <translation>Strg+Umschalt+O</translation>
    </message>
    <message>
        <source>Open model folder</source>
        <translation>Modellordner öffnen</translation>
    </message>
    <message>
        <source>Ctrl+Shift+S</source>
        <translation>Strg+Umschalt+S</translation>
    </message>
    <message>
        <source>Save the clip as</source>
        <translation>Clip speichern unter</translation>
    </message>
    <message>
        <source>Ctrl+,</source>
        <translation>Strg+,</translation>
    </message>
    <message>
        <source>Settings</source>
        <translation>Einstellungen</translation>
    </message>
    <message>
        <source>Ctrl+Q</source>
        <translation>Strg+Q</translation>
    </message>
    <message>
        <source>Quit</source>
        <translation>Beenden</translation>
    </message>
    <message>
        <source>Play and frame keys work when no text field has the focus.</source>
        <translation>Die Tasten zum Abspielen wirken, wenn kein Textfeld den Fokus hat.</translation>
    </message>
    <message>
        <source>Close</source>
        <translation>Schließen</translation>
    </message>
</context>
<context>
    <name>LegalSpinBox</name>
    <message>
        <source>From %1 to %2 in steps of %3</source>
        <translation>Von %1 bis %2 in Schritten von %3</translation>
    </message>
    <message>
        <source>From %1 to %2</source>
        <translation>Von %1 bis %2</translation>
    </message>
    <message>
        <source>From %1 to %2: %3</source>
        <translation>Von %1 bis %2: %3</translation>
    </message>
</context>
<context>
    <name>MachineText</name>
    <message>
        <source>No NVIDIA card was found. Headroom computes on the processor, which takes longer.</source>
        <translation>Keine NVIDIA-Karte gefunden. Headroom rechnet auf dem Prozessor, das dauert länger.</translation>
    </message>
    <message>
        <source>Its driver is not installed: install NVIDIA&apos;s driver %1 or later with your system&apos;s tools.</source>
        <translation>Ihr Treiber ist nicht installiert: Installiere NVIDIAs Treiber %1 oder neuer mit den Werkzeugen deines Systems.</translation>
    </message>
    <message>
        <source>Driver %1 is too old: %2 or later is needed. Update it with your system&apos;s tools.</source>
        <translation>Treiber %1 ist zu alt: %2 oder neuer wird gebraucht. Aktualisiere ihn mit den Werkzeugen deines Systems.</translation>
    </message>
    <message>
        <source>Driver %1</source>
        <translation>Treiber %1</translation>
    </message>
    <message>
        <source>This build has no GPU runtime.</source>
        <translation>Diese Fassung hat keine GPU-Laufzeit.</translation>
    </message>
    <message>
        <source>The GPU runtime is installed (%1).</source>
        <translation>Die GPU-Laufzeit ist installiert (%1).</translation>
    </message>
    <message>
        <source>The GPU runtime is not installed; without a card nothing needs it.</source>
        <translation>Die GPU-Laufzeit ist nicht installiert; ohne Karte braucht sie niemand.</translation>
    </message>
    <message>
        <source>The GPU runtime is damaged. Fetching %1 mends it.</source>
        <translation>Die GPU-Laufzeit ist beschädigt. %1 zu holen repariert sie.</translation>
    </message>
    <message>
        <source>The GPU runtime is missing: %1 to fetch, %2 on the disk.</source>
        <translation>Die GPU-Laufzeit fehlt: %1 zu holen, %2 auf der Platte.</translation>
    </message>
    <message>
        <source>%1 – %2 free</source>
        <translation>%1 – %2 frei</translation>
    </message>
</context>
<context>
    <name>MainWindow</name>
    <message>
        <source>Status</source>
        <translation>Status</translation>
    </message>
    <message>
        <source>About the run</source>
        <translation>Über den Lauf</translation>
    </message>
    <message>
        <source>Memory</source>
        <translation>Speicher</translation>
    </message>
    <message>
        <source>Stages</source>
        <translation>Stufen</translation>
    </message>
    <message>
        <source>Clip</source>
        <translation>Clip</translation>
    </message>
    <message>
        <source>Run</source>
        <translation>Lauf</translation>
    </message>
    <message>
        <source>Nothing on this machine opens %1.</source>
        <translation>Kein Programm auf diesem Rechner öffnet %1.</translation>
    </message>
    <message>
        <source>Stopping… – Headroom</source>
        <translation>Hält an … – Headroom</translation>
    </message>
    <message>
        <source>Open a model folder in the diffusers layout</source>
        <translation>Einen Modellordner im Diffusers-Aufbau öffnen</translation>
    </message>
    <message>
        <source>Clips of Headroom (*.mp4 *.mkv *.gif *.png *.json);;All files (*)</source>
        <translation>Clips von Headroom (*.mp4 *.mkv *.gif *.png *.json);;Alle Dateien (*)</translation>
    </message>
    <message>
        <source>Open the settings of a clip</source>
        <translation>Die Einstellungen eines Clips öffnen</translation>
    </message>
    <message>
        <source>Save the clip as</source>
        <translation>Clip speichern unter</translation>
    </message>
    <message>
        <source>Saved a copy as %1</source>
        <translation>Kopie gespeichert als %1</translation>
    </message>
    <message>
        <source>Drop the text to make it the prompt</source>
        <translation>Loslassen, um den Text zum Prompt zu machen</translation>
    </message>
    <message>
        <source>Drop the folder to open it</source>
        <translation>Loslassen, um den Ordner zu öffnen</translation>
    </message>
    <message>
        <source>Drop the clip to get its settings back</source>
        <translation>Loslassen, um die Einstellungen des Clips zurückzuholen</translation>
    </message>
</context>
<context>
    <name>MemoryBars</name>
    <message>
        <source>Memory of each stage</source>
        <translation>Speicher jeder Stufe</translation>
    </message>
    <message>
        <source>Other programs</source>
        <translation>Andere Programme</translation>
    </message>
    <message>
        <source>Computer&apos;s memory</source>
        <translation>Arbeitsspeicher</translation>
    </message>
    <message>
        <source>%1 free</source>
        <translation>%1 frei</translation>
    </message>
</context>
<context>
    <name>MemoryPanel</name>
    <message>
        <source>Memory</source>
        <translation>Speicher</translation>
    </message>
    <message>
        <source>Use at most</source>
        <translation>Höchstens</translation>
    </message>
    <message>
        <source>&amp;Use at most</source>
        <translation>Höchs&amp;tens</translation>
    </message>
    <message>
        <source>Au&amp;tomatic</source>
        <translation>A&amp;utomatisch</translation>
    </message>
    <message>
        <source>Automatic budget</source>
        <translation>Automatisches Budget</translation>
    </message>
    <message>
        <source>What is free when the run begins, less a margin</source>
        <translation>Was beim Start des Laufs frei ist, abzüglich einer Reserve</translation>
    </message>
    <message>
        <source>Device</source>
        <translation>Gerät</translation>
    </message>
    <message>
        <source>Show as bars</source>
        <translation>Als Balken zeigen</translation>
    </message>
    <message>
        <source>Show as table</source>
        <translation>Als Tabelle zeigen</translation>
    </message>
    <message>
        <source>Why</source>
        <translation>Warum</translation>
    </message>
    <message>
        <source>of %1</source>
        <translation>von %1</translation>
    </message>
    <message>
        <source> · others use %1</source>
        <translation> · andere benutzen %1</translation>
    </message>
    <message>
        <source>A larger budget</source>
        <translation>Ein größeres Budget</translation>
    </message>
    <message>
        <source>Allow %1
%2</source>
        <translation>%1 erlauben
%2</translation>
    </message>
</context>
<context>
    <name>MemoryTable</name>
    <message>
        <source>Memory of each stage</source>
        <translation>Speicher jeder Stufe</translation>
    </message>
</context>
<context>
    <name>MemoryTableModel</name>
    <message>
        <source>Computer&apos;s memory</source>
        <translation>Arbeitsspeicher</translation>
    </message>
    <message>
        <source>Stage</source>
        <translation>Stufe</translation>
    </message>
    <message>
        <source>Peak</source>
        <translation>Spitze</translation>
    </message>
    <message>
        <source>Measured</source>
        <translation>Gemessen</translation>
    </message>
    <message>
        <source>Time</source>
        <translation>Zeit</translation>
    </message>
    <message>
        <source>How</source>
        <translation>Wie</translation>
    </message>
</context>
<context>
    <name>MessageBanner</name>
    <message>
        <source>Message</source>
        <translation>Meldung</translation>
    </message>
    <message>
        <source>Message text</source>
        <translation>Text der Meldung</translation>
    </message>
    <message>
        <source>What to do about it</source>
        <translation>Was dagegen zu tun ist</translation>
    </message>
    <message>
        <source>Close message</source>
        <translation>Meldung schließen</translation>
    </message>
</context>
<context>
    <name>ModelListModel</name>
    <message>
        <source>unknown pipeline</source>
        <translation>unbekannte Pipeline</translation>
    </message>
    <message>
        <source>%1 (not supported: %2)</source>
        <translation>%1 (nicht unterstützt: %2)</translation>
    </message>
    <message>
        <source>Headroom does not run %1 models.
%2</source>
        <translation>Headroom führt keine Modelle vom Typ %1 aus.
%2</translation>
    </message>
    <message>
        <source>%1 (incomplete)</source>
        <translation>%1 (unvollständig)</translation>
    </message>
</context>
<context>
    <name>ModelPanel</name>
    <message>
        <source>Model</source>
        <translation>Modell</translation>
    </message>
    <message>
        <source>Open model folder</source>
        <translation>Modellordner öffnen</translation>
    </message>
    <message>
        <source>Open a model folder in the diffusers layout…</source>
        <translation>Einen Modellordner im Diffusers-Aufbau öffnen …</translation>
    </message>
    <message>
        <source>About the model</source>
        <translation>Über das Modell</translation>
    </message>
    <message>
        <source>&amp;Model</source>
        <translation>&amp;Modell</translation>
    </message>
    <message>
        <source>%1 · %2 of weights</source>
        <translation>%1 · %2 Gewichte</translation>
    </message>
</context>
<context>
    <name>PinChoices</name>
    <message>
        <source>Text encoder</source>
        <translation>Textencoder</translation>
    </message>
    <message>
        <source>Where the text encoder&apos;s weights are: kept loaded for the whole run, loaded for its stage, streamed, or on the CPU</source>
        <translation>Wo die Gewichte des Textencoders sind: den ganzen Lauf geladen, für seine Stufe geladen, gestreamt oder auf der CPU</translation>
    </message>
    <message>
        <source>Transformer</source>
        <translation>Transformer</translation>
    </message>
    <message>
        <source>Blocks of weights that stay cost memory; those that are streamed cost time, the less the longer the clip</source>
        <translation>Gewichtsblöcke, die bleiben, kosten Speicher; gestreamte kosten Zeit, je länger der Clip, desto weniger</translation>
    </message>
    <message>
        <source>Guidance</source>
        <translation>Führung</translation>
    </message>
    <message>
        <source>The passes with and without the prompt: together they are a little faster and need more memory</source>
        <translation>Die Durchgänge mit und ohne Prompt: gemeinsam sind sie etwas schneller und brauchen mehr Speicher</translation>
    </message>
    <message>
        <source>Token rows</source>
        <translation>Tokenzeilen</translation>
    </message>
    <message>
        <source>How many tokens pass projections and feed-forwards at a time</source>
        <translation>Wie viele Token auf einmal durch Projektionen und Feed-forwards gehen</translation>
    </message>
    <message>
        <source>default</source>
        <translation>Vorgabe</translation>
    </message>
    <message>
        <source>Heads</source>
        <translation>Köpfe</translation>
    </message>
    <message>
        <source>In how many groups self-attention does its heads</source>
        <translation>In wie vielen Gruppen die Selbstaufmerksamkeit ihre Köpfe rechnet</translation>
    </message>
    <message>
        <source>VAE</source>
        <translation>VAE</translation>
    </message>
    <message>
        <source>Strips equal whole frames and need less memory; tiles need the least and change pixels (≈)</source>
        <translation>Streifen gleichen ganzen Bildern und brauchen weniger Speicher; Kacheln brauchen am wenigsten und verändern Pixel (≈)</translation>
    </message>
    <message>
        <source>VAE cache</source>
        <translation>VAE-Cache</translation>
    </message>
    <message>
        <source>Where the VAE keeps what it remembers of the frames before</source>
        <translation>Wo das VAE aufbewahrt, was es von den Bildern davor weiß</translation>
    </message>
    <message>
        <source>VAE chunk</source>
        <translation>VAE-Stück</translation>
    </message>
    <message>
        <source>How many latent frames are decoded at once</source>
        <translation>Wie viele latente Bilder auf einmal dekodiert werden</translation>
    </message>
    <message>
        <source>in %1 groups</source>
        <translation>in %1 Gruppen</translation>
    </message>
    <message>
        <source>at once</source>
        <translation>auf einmal</translation>
    </message>
    <message>
        <source>%1 latents</source>
        <translation>%1 latente Bilder</translation>
    </message>
    <message>
        <source>1 latent</source>
        <translation>1 latentes Bild</translation>
    </message>
    <message>
        <source>on the device</source>
        <translation>auf dem Gerät</translation>
    </message>
    <message>
        <source>on the host</source>
        <translation>im Arbeitsspeicher</translation>
    </message>
</context>
<context>
    <name>PlanText</name>
    <message>
        <source>%1 s</source>
        <translation>%1 s</translation>
    </message>
    <message>
        <source>%1 min</source>
        <translation>%1 min</translation>
    </message>
    <message>
        <source>%1 min %2 s</source>
        <translation>%1 min %2 s</translation>
    </message>
    <message>
        <source>%1 h %2 min</source>
        <translation>%1 h %2 min</translation>
    </message>
    <message>
        <source>about %1</source>
        <translation>etwa %1</translation>
    </message>
    <message>
        <source>kept loaded</source>
        <translation>bleibt geladen</translation>
    </message>
    <message>
        <source>loaded per stage</source>
        <translation>je Stufe geladen</translation>
    </message>
    <message>
        <source>streamed</source>
        <translation>gestreamt</translation>
    </message>
    <message>
        <source>streamed, %1 stay</source>
        <translation>gestreamt, %1 bleiben</translation>
    </message>
    <message>
        <source>on the CPU</source>
        <translation>auf der CPU</translation>
    </message>
    <message>
        <source>not needed</source>
        <translation>nicht nötig</translation>
    </message>
    <message>
        <source>in turn</source>
        <translation>nacheinander</translation>
    </message>
    <message>
        <source>block by block</source>
        <translation>Block für Block</translation>
    </message>
    <message>
        <source>together</source>
        <translation>gemeinsam</translation>
    </message>
    <message>
        <source>whole</source>
        <translation>ganz</translation>
    </message>
    <message>
        <source>%1 strips</source>
        <translation>%1 Streifen</translation>
    </message>
    <message>
        <source>≈ tiles %1 × %2</source>
        <translation>≈ Kacheln %1 × %2</translation>
    </message>
    <message>
        <source>guidance %1</source>
        <translation>Führung %1</translation>
    </message>
    <message>
        <source>%1 tokens at a time</source>
        <translation>%1 Token auf einmal</translation>
    </message>
    <message>
        <source>heads in %1 groups</source>
        <translation>Köpfe in %1 Gruppen</translation>
    </message>
    <message>
        <source>cache in the computer&apos;s memory</source>
        <translation>Cache im Arbeitsspeicher</translation>
    </message>
    <message>
        <source>%1 latents at a time</source>
        <translation>%1 latente Bilder auf einmal</translation>
    </message>
    <message>
        <source>Needs at least %1: %2 are free</source>
        <translation>Braucht mindestens %1: %2 sind frei</translation>
    </message>
    <message>
        <source>Needs at least %1: %2 are allowed</source>
        <translation>Braucht mindestens %1: %2 sind erlaubt</translation>
    </message>
    <message>
        <source>Fits: %1, peak %2</source>
        <translation>Passt: %1, Spitze %2</translation>
    </message>
    <message>
        <source>Fits with ≈: %1, peak %2</source>
        <translation>Passt mit ≈: %1, Spitze %2</translation>
    </message>
    <message>
        <source>not known yet</source>
        <translation>noch nicht bekannt</translation>
    </message>
    <message>
        <source>Use at most %1</source>
        <translation>Höchstens %1</translation>
    </message>
    <message>
        <source>%1: %2 faster</source>
        <comment>+1.4 GiB: 38 s faster</comment>
        <translation>%1: %2 schneller</translation>
    </message>
    <message>
        <source>%1 → %2 (%3 %)</source>
        <comment>predicted → measured (difference)</comment>
        <translation>%1 → %2 (%3 %)</translation>
    </message>
    <message>
        <source>there from the run before</source>
        <translation>vom vorigen Lauf noch da</translation>
    </message>
    <message>
        <source>its files read ahead</source>
        <translation>Dateien vorab gelesen</translation>
    </message>
    <message>
        <source>its files not read ahead: too little of the computer&apos;s memory is free</source>
        <translation>Dateien nicht vorab gelesen: zu wenig Arbeitsspeicher ist frei</translation>
    </message>
</context>
<context>
    <name>PromptPanel</name>
    <message>
        <source>Prompt</source>
        <translation>Prompt</translation>
    </message>
    <message>
        <source>Negative prompt</source>
        <translation>Negativer Prompt</translation>
    </message>
    <message>
        <source>What the clip should not show</source>
        <translation>Was der Clip nicht zeigen soll</translation>
    </message>
    <message>
        <source>&amp;Prompt</source>
        <translation>&amp;Prompt</translation>
    </message>
    <message>
        <source>&amp;Negative prompt</source>
        <translation>&amp;Negativer Prompt</translation>
    </message>
    <message>
        <source>Describe what should happen in the clip</source>
        <translation>Beschreiben Sie, was im Clip geschehen soll</translation>
    </message>
    <message>
        <source>For example: %1</source>
        <translation>Zum Beispiel: %1</translation>
    </message>
</context>
<context>
    <name>RemedyOffers</name>
    <message>
        <source>Allow %1</source>
        <translation>%1 erlauben</translation>
    </message>
    <message>
        <source>Use what is free: %1</source>
        <translation>Benutzen, was frei ist: %1</translation>
    </message>
    <message>
        <source>%1 × %2 pixels</source>
        <translation>%1 × %2 Pixel</translation>
    </message>
    <message>
        <source>%1 frames</source>
        <translation>%1 Bilder</translation>
    </message>
    <message>
        <source>allow changed pixels (≈)</source>
        <translation>veränderte Pixel erlauben (≈)</translation>
    </message>
    <message>
        <source>%1: needs %2</source>
        <translation>%1: braucht %2</translation>
    </message>
    <message>
        <source>Unpin all</source>
        <translation>Alle lösen</translation>
    </message>
    <message>
        <source>Leave every decision to the planner</source>
        <translation>Jede Entscheidung dem Planer überlassen</translation>
    </message>
</context>
<context>
    <name>RequestPanel</name>
    <message>
        <source>Settings of the clip</source>
        <translation>Einstellungen des Clips</translation>
    </message>
</context>
<context>
    <name>RunStatus</name>
    <message>
        <source>Phase</source>
        <translation>Phase</translation>
    </message>
    <message>
        <source>Step</source>
        <translation>Schritt</translation>
    </message>
    <message>
        <source>Time left</source>
        <translation>Restzeit</translation>
    </message>
    <message>
        <source>Ready</source>
        <translation>Bereit</translation>
    </message>
    <message>
        <source>Checking the request…</source>
        <translation>Prüft den Auftrag …</translation>
    </message>
    <message>
        <source>Stopping…</source>
        <translation>Hält an …</translation>
    </message>
    <message>
        <source>Running</source>
        <translation>Läuft</translation>
    </message>
    <message>
        <source>layer %1 of %2</source>
        <translation>Schicht %1 von %2</translation>
    </message>
    <message>
        <source>step %1 of %2</source>
        <translation>Schritt %1 von %2</translation>
    </message>
    <message>
        <source>frame %1 of %2</source>
        <translation>Bild %1 von %2</translation>
    </message>
    <message>
        <source>about %1 left</source>
        <translation>noch etwa %1</translation>
    </message>
    <message>
        <source>%1 in this stage</source>
        <translation>%1 in dieser Stufe</translation>
    </message>
</context>
<context>
    <name>SavedBar</name>
    <message>
        <source>Saved file</source>
        <translation>Gespeicherte Datei</translation>
    </message>
    <message>
        <source>Open file</source>
        <translation>Öffnen</translation>
    </message>
    <message>
        <source>Show folder</source>
        <translation>Ordner zeigen</translation>
    </message>
    <message>
        <source>Save as…</source>
        <translation>Speichern …</translation>
    </message>
    <message>
        <source>Saved to %1</source>
        <translation>Gespeichert in %1</translation>
    </message>
</context>
<context>
    <name>SeedField</name>
    <message>
        <source>Seed</source>
        <translation>Seed</translation>
    </message>
    <message>
        <source>New seed for every clip</source>
        <translation>Neuer Seed für jeden Clip</translation>
    </message>
    <message>
        <source>New seed for every clip: rolled when you press Generate</source>
        <translation>Neuer Seed für jeden Clip: gewürfelt beim Druck auf Erzeugen</translation>
    </message>
    <message>
        <source>Keep this seed</source>
        <translation>Diesen Seed behalten</translation>
    </message>
    <message>
        <source>Keep this seed: the same settings give the same clip again</source>
        <translation>Diesen Seed behalten: gleiche Einstellungen geben wieder denselben Clip</translation>
    </message>
</context>
<context>
    <name>Session</name>
    <message>
        <source>Preview · step %1 of %2</source>
        <translation>Vorschau · Schritt %1 von %2</translation>
    </message>
    <message>
        <source>Decoding · frame %1 of %2</source>
        <translation>Dekodiert · Bild %1 von %2</translation>
    </message>
    <message>
        <source>The run failed</source>
        <translation>Der Lauf ist fehlgeschlagen</translation>
    </message>
    <message>
        <source>Stopped</source>
        <translation>Angehalten</translation>
    </message>
    <message>
        <source>Stopped. Nothing was saved.</source>
        <translation>Angehalten. Nichts wurde gespeichert.</translation>
    </message>
    <message>
        <source>Stopped while decoding.</source>
        <translation>Beim Dekodieren angehalten.</translation>
    </message>
    <message>
        <source>The denoised latents are kept: the clip can be finished without denoising again.</source>
        <translation>Die entrauschten Latents sind aufgehoben: Der Clip lässt sich fertigstellen, ohne noch einmal zu entrauschen.</translation>
    </message>
    <message>
        <source>Finish this clip</source>
        <translation>Diesen Clip fertigstellen</translation>
    </message>
    <message>
        <source>Opening the model…</source>
        <translation>Öffnet das Modell …</translation>
    </message>
    <message>
        <source>the model in %1</source>
        <translation>das Modell in %1</translation>
    </message>
    <message>
        <source>The prompt is empty: describe what should happen in the clip, then press Generate.</source>
        <translation>Der Prompt ist leer: Beschreiben Sie, was im Clip geschehen soll, und drücken Sie Erzeugen.</translation>
    </message>
    <message>
        <source>%1 · %2 · %3 frames, %4 s</source>
        <translation>%1 · %2 · %3 Bilder, %4 s</translation>
    </message>
    <message>
        <source>Done in %1</source>
        <translation>Fertig in %1</translation>
    </message>
    <message>
        <source>The clip is ready</source>
        <translation>Der Clip ist fertig</translation>
    </message>
    <message>
        <source>the model “%1” (it is not on this machine)</source>
        <translation>das Modell „%1“ (es ist nicht auf diesem Rechner)</translation>
    </message>
    <message>
        <source>the prompt (the file does not carry it)</source>
        <translation>der Prompt (die Datei enthält ihn nicht)</translation>
    </message>
    <message>
        <source>The settings of %1 are back.</source>
        <translation>Die Einstellungen von %1 sind wieder da.</translation>
    </message>
    <message>
        <source>The settings of %1 are back, except: %2.</source>
        <translation>Die Einstellungen von %1 sind wieder da, außer: %2.</translation>
    </message>
    <message>
        <source>No model is open. Open a model folder to begin.</source>
        <translation>Kein Modell ist offen. Öffnen Sie zum Anfangen einen Modellordner.</translation>
    </message>
</context>
<context>
    <name>SettingsDialog</name>
    <message>
        <source>Settings</source>
        <translation>Einstellungen</translation>
    </message>
    <message>
        <source>Folder for clips</source>
        <translation>Ordner für Clips</translation>
    </message>
    <message>
        <source>Browse…</source>
        <translation>Durchsuchen …</translation>
    </message>
    <message>
        <source>Browse for the folder for clips</source>
        <translation>Den Ordner für Clips suchen</translation>
    </message>
    <message>
        <source>Format of clips</source>
        <translation>Format der Clips</translation>
    </message>
    <message>
        <source>MP4 – H.264, plays everywhere</source>
        <translation>MP4 – H.264, läuft überall</translation>
    </message>
    <message>
        <source>MKV – FFV1, lossless</source>
        <translation>MKV – FFV1, verlustfrei</translation>
    </message>
    <message>
        <source>GIF – for sharing, 256 colours</source>
        <translation>GIF – zum Teilen, 256 Farben</translation>
    </message>
    <message>
        <source>PNG – one picture a frame, lossless</source>
        <translation>PNG – eine Datei je Bild, verlustfrei</translation>
    </message>
    <message>
        <source>Save &amp;clips in</source>
        <translation>&amp;Clips speichern in</translation>
    </message>
    <message>
        <source>&amp;Format</source>
        <translation>&amp;Format</translation>
    </message>
    <message>
        <source>Store the &amp;prompt in files</source>
        <translation>Den &amp;Prompt in Dateien speichern</translation>
    </message>
    <message>
        <source>A clip carries its settings, so that dropping it on the window brings them back. When this is off, neither the file nor its name tells the prompt.</source>
        <translation>Ein Clip enthält seine Einstellungen, so dass man sie zurückbekommt, wenn man ihn auf das Fenster zieht. Ist dies aus, verraten weder Datei noch Name den Prompt.</translation>
    </message>
    <message>
        <source>&amp;Tell me when a run ends while I am elsewhere</source>
        <translation>&amp;Melden, wenn ein Lauf endet, während ich woanders bin</translation>
    </message>
    <message>
        <source>Folders with models</source>
        <translation>Ordner mit Modellen</translation>
    </message>
    <message>
        <source>Add folder…</source>
        <translation>Ordner hinzufügen …</translation>
    </message>
    <message>
        <source>Add a folder with models</source>
        <translation>Einen Ordner mit Modellen hinzufügen</translation>
    </message>
    <message>
        <source>Remove</source>
        <translation>Entfernen</translation>
    </message>
    <message>
        <source>Remove the chosen folder</source>
        <translation>Den gewählten Ordner entfernen</translation>
    </message>
    <message>
        <source>Look for &amp;models in (besides the Hugging Face cache)</source>
        <translation>&amp;Modelle suchen in (neben dem Hugging-Face-Cache)</translation>
    </message>
    <message>
        <source>Folder with models</source>
        <translation>Ordner mit Modellen</translation>
    </message>
    <message>
        <source>OK</source>
        <translation>OK</translation>
    </message>
    <message>
        <source>Cancel</source>
        <translation>Abbrechen</translation>
    </message>
    <message>
        <source>No folders yet. A folder with model folders in it is searched when Headroom starts.</source>
        <translation>Noch keine Ordner. Ein Ordner, in dem Modellordner liegen, wird beim Start von Headroom durchsucht.</translation>
    </message>
</context>
<context>
    <name>StageRow</name>
    <message>
        <source>%1: state</source>
        <translation>%1: Zustand</translation>
    </message>
    <message>
        <source>%1: time</source>
        <translation>%1: Zeit</translation>
    </message>
    <message>
        <source>%1: progress</source>
        <translation>%1: Fortschritt</translation>
    </message>
    <message>
        <source>%1 of %2</source>
        <translation>%1 von %2</translation>
    </message>
    <message>
        <source>waiting</source>
        <translation>wartet</translation>
    </message>
    <message>
        <source>done</source>
        <translation>fertig</translation>
    </message>
    <message>
        <source>%1 so far · %2</source>
        <translation>%1 bisher · %2</translation>
    </message>
    <message>
        <source>took %1</source>
        <translation>dauerte %1</translation>
    </message>
</context>
<context>
    <name>StagesPanel</name>
    <message>
        <source>Whole time</source>
        <translation>Gesamtzeit</translation>
    </message>
    <message>
        <source>The file is written while the frames are decoded.</source>
        <translation>Die Datei wird geschrieben, während die Bilder dekodiert werden.</translation>
    </message>
    <message>
        <source>Last run: %1</source>
        <translation>Letzter Lauf: %1</translation>
    </message>
    <message>
        <source>Nothing has run yet.</source>
        <translation>Noch ist nichts gelaufen.</translation>
    </message>
    <message>
        <source>%1 so far · about %2 left</source>
        <translation>%1 bisher · noch etwa %2</translation>
    </message>
    <message>
        <source>%1 so far</source>
        <translation>%1 bisher</translation>
    </message>
</context>
<context>
    <name>StartDialog</name>
    <message>
        <source>Getting started</source>
        <translation>Erste Schritte</translation>
    </message>
    <message>
        <source>What computes</source>
        <translation>Was rechnet</translation>
    </message>
    <message>
        <source>GPU runtime</source>
        <translation>GPU-Laufzeit</translation>
    </message>
    <message>
        <source>&amp;Fetch</source>
        <translation>&amp;Holen</translation>
    </message>
    <message>
        <source>From &amp;wheels…</source>
        <translation>Aus &amp;Wheels…</translation>
    </message>
    <message>
        <source>Installs the runtime from a folder that has the wheels already, without a network.</source>
        <translation>Installiert die Laufzeit aus einem Ordner, der die Wheels schon hat, ohne Netz.</translation>
    </message>
    <message>
        <source>&amp;Change folder…</source>
        <translation>&amp;Ordner ändern…</translation>
    </message>
    <message>
        <source>&amp;Stop</source>
        <translation>&amp;Anhalten</translation>
    </message>
    <message>
        <source>Progress of the GPU runtime</source>
        <translation>Fortschritt der GPU-Laufzeit</translation>
    </message>
    <message>
        <source>Models</source>
        <translation>Modelle</translation>
    </message>
    <message>
        <source>Clips are saved in</source>
        <translation>Clips werden gespeichert in</translation>
    </message>
    <message>
        <source>Settings…</source>
        <translation>Einstellungen…</translation>
    </message>
    <message>
        <source>Start</source>
        <translation>Los</translation>
    </message>
    <message>
        <source>It goes to %1</source>
        <translation>Sie kommt nach %1</translation>
    </message>
    <message>
        <source>A small demo model is included.</source>
        <translation>Ein kleines Demo-Modell ist dabei.</translation>
    </message>
    <message>
        <source>Folder with the wheels of the GPU runtime</source>
        <translation>Ordner mit den Wheels der GPU-Laufzeit</translation>
    </message>
    <message>
        <source>Folder for the GPU runtime</source>
        <translation>Ordner für die GPU-Laufzeit</translation>
    </message>
    <message>
        <source>Fetching</source>
        <translation>Hole</translation>
    </message>
    <message>
        <source>Checking</source>
        <translation>Prüfe</translation>
    </message>
    <message>
        <source>Unpacking</source>
        <translation>Entpacke</translation>
    </message>
    <message>
        <source>%1 part %2 of %3: %4 of %5</source>
        <translation>%1 Teil %2 von %3: %4 von %5</translation>
    </message>
    <message>
        <source>%1; trying again</source>
        <translation>%1; neuer Versuch</translation>
    </message>
    <message>
        <source>The GPU runtime is installed. Start Headroom anew to compute on the card.</source>
        <translation>Die GPU-Laufzeit ist installiert. Starte Headroom neu, um auf der Karte zu rechnen.</translation>
    </message>
    <message>
        <source>Stopped. What was fetched is kept for the next time.</source>
        <translation>Angehalten. Was geholt wurde, bleibt für das nächste Mal.</translation>
    </message>
</context>
<context>
    <name>StrategyChips</name>
    <message>
        <source>Unpin all</source>
        <translation>Alle lösen</translation>
    </message>
    <message>
        <source>%1, pinned</source>
        <translation>%1, festgelegt</translation>
    </message>
    <message>
        <source>%1, automatic</source>
        <translation>%1, automatisch</translation>
    </message>
    <message>
        <source>Pinned by you</source>
        <translation>Von Ihnen festgelegt</translation>
    </message>
    <message>
        <source>Chosen automatically</source>
        <translation>Automatisch gewählt</translation>
    </message>
    <message>
        <source>Less</source>
        <translation>Weniger</translation>
    </message>
    <message>
        <source>More</source>
        <translation>Mehr</translation>
    </message>
    <message>
        <source>Fewer decisions</source>
        <translation>Weniger Entscheidungen</translation>
    </message>
    <message>
        <source>More decisions</source>
        <translation>Mehr Entscheidungen</translation>
    </message>
    <message>
        <source>Automatic</source>
        <translation>Automatisch</translation>
    </message>
</context>
<context>
    <name>TimeCurve</name>
    <message>
        <source>Time over budget</source>
        <translation>Zeit über dem Budget</translation>
    </message>
    <message>
        <source>%1: %2</source>
        <translation>%1: %2</translation>
    </message>
    <message>
        <source>The time of the run for each budget; the dot is the budget chosen</source>
        <translation>Die Zeit des Laufs für jedes Budget; der Punkt ist das gewählte</translation>
    </message>
</context>
<context>
    <name>TransportBar</name>
    <message>
        <source>First frame</source>
        <translation>Erstes Bild</translation>
    </message>
    <message>
        <source>Home</source>
        <translation>Pos1</translation>
    </message>
    <message>
        <source>Previous frame</source>
        <translation>Voriges Bild</translation>
    </message>
    <message>
        <source>Left</source>
        <translation>Links</translation>
    </message>
    <message>
        <source>Play</source>
        <translation>Abspielen</translation>
    </message>
    <message>
        <source>Play (Space)</source>
        <translation>Abspielen (Leertaste)</translation>
    </message>
    <message>
        <source>Next frame</source>
        <translation>Nächstes Bild</translation>
    </message>
    <message>
        <source>Right</source>
        <translation>Rechts</translation>
    </message>
    <message>
        <source>Last frame</source>
        <translation>Letztes Bild</translation>
    </message>
    <message>
        <source>End</source>
        <translation>Ende</translation>
    </message>
    <message>
        <source>Position in the clip</source>
        <translation>Position im Clip</translation>
    </message>
    <message>
        <source>Frame counter</source>
        <translation>Bildzähler</translation>
    </message>
    <message>
        <source>Playing speed</source>
        <translation>Abspieltempo</translation>
    </message>
    <message>
        <source>Loop</source>
        <translation>Schleife</translation>
    </message>
    <message>
        <source>Play again from the start at the end</source>
        <translation>Am Ende wieder von vorn abspielen</translation>
    </message>
    <message>
        <source>%1 (%2)</source>
        <translation>%1 (%2)</translation>
    </message>
    <message>
        <source>Pause</source>
        <translation>Pause</translation>
    </message>
    <message>
        <source>Pause (Space)</source>
        <translation>Pause (Leertaste)</translation>
    </message>
</context>
<context>
    <name>VerdictBox</name>
    <message>
        <source>Whether it fits</source>
        <translation>Ob es passt</translation>
    </message>
    <message>
        <source>What would make it fit</source>
        <translation>Was es passend macht</translation>
    </message>
</context>
<context>
    <name>ViewerPanel</name>
    <message>
        <source>Describe a clip and press Generate</source>
        <translation>Beschreiben Sie einen Clip und drücken Sie Erzeugen</translation>
    </message>
    <message>
        <source>Ctrl+Enter starts, Esc stops. Drop a clip made by Headroom here to get its settings back.</source>
        <translation>Strg+Eingabe startet, Esc hält an. Ziehen Sie einen Clip von Headroom hierher, um seine Einstellungen zurückzubekommen.</translation>
    </message>
    <message>
        <source>Prompt of the clip shown</source>
        <translation>Prompt des gezeigten Clips</translation>
    </message>
    <message>
        <source>Seed of the clip shown</source>
        <translation>Seed des gezeigten Clips</translation>
    </message>
    <message>
        <source>%1 · seed %2</source>
        <translation>%1 · Seed %2</translation>
    </message>
</context>
<context>
    <name>WindowMenus</name>
    <message>
        <source>Menus</source>
        <translation>Menüs</translation>
    </message>
    <message>
        <source>&amp;File</source>
        <translation>&amp;Datei</translation>
    </message>
    <message>
        <source>Open &amp;model folder…</source>
        <translation>&amp;Modellordner öffnen …</translation>
    </message>
    <message>
        <source>Ctrl+Shift+O</source>
        <translation>Ctrl+Shift+O</translation>
    </message>
    <message>
        <source>&amp;Open clip settings…</source>
        <translation>Clip-Einstellungen ö&amp;ffnen …</translation>
    </message>
    <message>
        <source>Ctrl+O</source>
        <translation>Ctrl+O</translation>
    </message>
    <message>
        <source>Save clip &amp;as…</source>
        <translation>Clip speichern &amp;unter …</translation>
    </message>
    <message>
        <source>Ctrl+Shift+S</source>
        <translation>Ctrl+Shift+S</translation>
    </message>
    <message>
        <source>&amp;Settings…</source>
        <translation>&amp;Einstellungen …</translation>
    </message>
    <message>
        <source>Ctrl+,</source>
        <translation>Ctrl+,</translation>
    </message>
    <message>
        <source>&amp;Quit</source>
        <translation>&amp;Beenden</translation>
    </message>
    <message>
        <source>Ctrl+Q</source>
        <translation>Ctrl+Q</translation>
    </message>
    <message>
        <source>&amp;Clip</source>
        <translation>&amp;Clip</translation>
    </message>
    <message>
        <source>&amp;Generate</source>
        <translation>&amp;Erzeugen</translation>
    </message>
    <message>
        <source>&amp;Stop</source>
        <translation>&amp;Anhalten</translation>
    </message>
    <message>
        <source>Keep or roll the see&amp;d</source>
        <translation>See&amp;d behalten oder würfeln</translation>
    </message>
    <message>
        <source>Ctrl+L</source>
        <translation>Ctrl+L</translation>
    </message>
    <message>
        <source>&amp;View</source>
        <translation>&amp;Ansicht</translation>
    </message>
    <message>
        <source>&amp;Appearance</source>
        <translation>&amp;Erscheinungsbild</translation>
    </message>
    <message>
        <source>&amp;System</source>
        <translation>&amp;System</translation>
    </message>
    <message>
        <source>&amp;Light</source>
        <translation>&amp;Hell</translation>
    </message>
    <message>
        <source>&amp;Dark</source>
        <translation>&amp;Dunkel</translation>
    </message>
    <message>
        <source>&amp;Scaling</source>
        <translation>S&amp;kalierung</translation>
    </message>
    <message>
        <source>&amp;Smooth</source>
        <translation>&amp;Weich</translation>
    </message>
    <message>
        <source>&amp;Pixel exact</source>
        <translation>&amp;Pixelgenau</translation>
    </message>
    <message>
        <source>&amp;Fit to window</source>
        <translation>An das &amp;Fenster anpassen</translation>
    </message>
    <message>
        <source>&amp;Help</source>
        <translation>&amp;Hilfe</translation>
    </message>
    <message>
        <source>&amp;Keyboard shortcuts</source>
        <translation>&amp;Tastenkürzel</translation>
    </message>
    <message>
        <source>F1</source>
        <translation>F1</translation>
    </message>
    <message>
        <source>&amp;About Headroom</source>
        <translation>Ü&amp;ber Headroom</translation>
    </message>
    <message>
        <source>&amp;Memory budget</source>
        <translation>&amp;Speicherbudget</translation>
    </message>
    <message>
        <source>Ctrl+M</source>
        <translation>Ctrl+M</translation>
    </message>
    <message>
        <source>&amp;Getting started</source>
        <translation>&amp;Erste Schritte</translation>
    </message>
</context>
<context>
    <name>headroom::ui::byteText</name>
    <message>
        <source>%1 of %2</source>
        <comment>size of size</comment>
        <translation>%1 von %2</translation>
    </message>
    <message>
        <source>%1 bytes</source>
        <translation>%1 Byte</translation>
    </message>
</context>
<context>
    <name>headroom::ui::deviceText</name>
    <message>
        <source>CPU</source>
        <translation>CPU</translation>
    </message>
    <message>
        <source>GPU %1</source>
        <translation>GPU %1</translation>
    </message>
</context>
<context>
    <name>headroom::ui::durationText</name>
    <message>
        <source>%1 s</source>
        <translation>%1 s</translation>
    </message>
    <message>
        <source>%1 min %2 s</source>
        <translation>%1 min %2 s</translation>
    </message>
    <message>
        <source>%1 h %2 min</source>
        <translation>%1 h %2 min</translation>
    </message>
</context>
<context>
    <name>headroom::ui::memoryKindText</name>
    <message>
        <source>Weights</source>
        <translation>Gewichte</translation>
    </message>
    <message>
        <source>Streamed window</source>
        <translation>Streamfenster</translation>
    </message>
    <message>
        <source>Activations</source>
        <translation>Aktivierungen</translation>
    </message>
    <message>
        <source>Cache</source>
        <translation>Cache</translation>
    </message>
    <message>
        <source>Workspace</source>
        <translation>Arbeitsbereich</translation>
    </message>
    <message>
        <source>Context</source>
        <translation>Kontext</translation>
    </message>
</context>
<context>
    <name>headroom::ui::remainingText</name>
    <message>
        <source>longer than expected</source>
        <translation>länger als erwartet</translation>
    </message>
    <message>
        <source>estimating…</source>
        <translation>schätzt …</translation>
    </message>
    <message>
        <source>about %1 left</source>
        <translation>noch etwa %1</translation>
    </message>
</context>
<context>
    <name>headroom::ui::sizePresets</name>
    <message>
        <source>default</source>
        <translation>Vorgabe</translation>
    </message>
    <message>
        <source>square</source>
        <translation>quadratisch</translation>
    </message>
    <message>
        <source>landscape</source>
        <translation>Querformat</translation>
    </message>
    <message>
        <source>portrait</source>
        <translation>Hochformat</translation>
    </message>
</context>
<context>
    <name>headroom::ui::stageTitle</name>
    <message>
        <source>Encode text</source>
        <translation>Text kodieren</translation>
    </message>
    <message>
        <source>Denoise</source>
        <translation>Entrauschen</translation>
    </message>
    <message>
        <source>Decode</source>
        <translation>Dekodieren</translation>
    </message>
    <message>
        <source>Encode</source>
        <translation>Kodieren</translation>
    </message>
</context>
</TS>
