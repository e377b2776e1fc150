"""Write the made files: `python -m api_docs`."""

import sys

from api_docs.made import made_files

for path, text in made_files().items():
    path.write_text(text, encoding="utf-8")
    sys.stdout.write(f"已写入 {path.parent.name}/{path.name}（{len(text.encode()) // 1024} KB）\n")
