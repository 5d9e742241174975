//! Blocks onto pages, and pages into PDF (ISO 32000-1). Measures are points; the origin of what is laid out is the page's upper left.

use super::code::{self, QUIET};
use super::font::{Face, encode};
use super::{Block, FormError, Sheet, Signature};
use pdf_writer::{Content, Finish as _, Name, Pdf, Rect, Ref, Str, TextStr};

const WIDTH: f32 = 595.276;
const HEIGHT: f32 = 841.89;
const MARGIN: f32 = 56.0;
const INNER: f32 = WIDTH - 2.0 * MARGIN;
/// Lowest line of what is laid out; the foot stands below.
const BOTTOM: f32 = HEIGHT - 70.0;
const SIZE: f32 = 10.0;
const LEADING: f32 = 14.0;
/// Side of the 2D code, its quiet zone included: three centimetres.
const CODE: f32 = 85.0;
/// Where the values of fields begin.
const VALUES: f32 = 165.0;

/// A thing on a page.
enum Item {
    Text {
        x: f32,
        y: f32,
        size: f32,
        face: Face,
        bytes: Vec<u8>,
    },
    /// Outline of a box: left, top, width, height.
    Frame([f32; 4]),
    /// A dark box.
    Bar([f32; 4]),
    Rule {
        y: f32,
        heavy: bool,
    },
}

/// A page's things.
#[derive(Default)]
pub(super) struct Page(Vec<Item>);

/// Pages as they are filled.
struct Pages {
    all: Vec<Page>,
    /// Where the next line stands.
    y: f32,
}

impl Pages {
    fn push(&mut self, item: Item) {
        if let Some(page) = self.all.last_mut() {
            page.0.push(item);
        }
    }

    /// Room for something of this height, on a new page if there is none here.
    fn room(&mut self, height: f32) {
        if self.y + height > BOTTOM {
            self.all.push(Page::default());
            self.y = MARGIN;
        }
    }

    fn text(&mut self, (x, y): (f32, f32), size: f32, face: Face, bytes: Vec<u8>) {
        self.push(Item::Text { x, y, size, face, bytes });
    }

    /// Lines of text one below the other.
    fn lines(&mut self, x: f32, width: f32, size: f32, face: Face, text: &str) {
        for line in face.lines(text, size, width) {
            self.room(LEADING);
            self.text((x, self.y + size), size, face, line);
            self.y += LEADING.max(size * 1.3);
        }
    }

    fn centred(&mut self, size: f32, face: Face, text: &str, width: f32) {
        for line in face.lines(text, size, width) {
            self.room(LEADING);
            let x = MARGIN + (INNER - face.width(&line, size)) / 2.0;
            self.text((x, self.y + size), size, face, line);
            self.y += LEADING.max(size * 1.3);
        }
    }
}

/// Lays a sheet out.
pub(super) fn lay(sheet: &Sheet) -> Result<Vec<Page>, FormError> {
    let mut pages = Pages { all: vec![Page::default()], y: MARGIN };
    head(&mut pages, sheet)?;
    for block in &sheet.blocks {
        pages.y += 6.0;
        lay_block(&mut pages, block);
    }
    Ok(pages.all)
}

fn head(pages: &mut Pages, sheet: &Sheet) -> Result<(), FormError> {
    // The code takes a column on either side, so that what is centred stays so.
    let width = if sheet.code.is_some() { INNER - 2.0 * (CODE + 6.0) } else { INNER };
    for (at, line) in sheet.head.iter().enumerate() {
        pages.centred(if at == 0 { 12.0 } else { 10.0 }, Face::Bold, line, width);
    }
    if let Some(text) = &sheet.code {
        draw_code(pages, text)?;
        pages.y = pages.y.max(MARGIN + CODE);
    }
    pages.y += 4.0;
    pages.push(Item::Rule { y: pages.y, heavy: true });
    pages.y += 12.0;
    pages.centred(13.0, Face::Bold, &sheet.title, INNER);
    if !sheet.number.is_empty() {
        pages.centred(SIZE, Face::Regular, &sheet.number, INNER);
    }
    if let Some(text) = &sheet.code {
        // Where no scanner reads the code, somebody types it.
        pages.centred(8.0, Face::Regular, text, INNER);
    }
    Ok(())
}

fn draw_code(pages: &mut Pages, text: &str) -> Result<(), FormError> {
    let code = code::modules(text)?;
    let measure = |n: usize| f32::from(u16::try_from(n).unwrap_or(u16::MAX));
    let module = CODE / measure(code.side + 2 * QUIET);
    let (left, top) = (WIDTH - MARGIN - CODE, MARGIN);
    for (column, row, length) in code.runs() {
        let place = |n: usize| module * measure(n + QUIET);
        pages.push(Item::Bar([left + place(column), top + place(row), module * measure(length), module]));
    }
    Ok(())
}

fn lay_block(pages: &mut Pages, block: &Block) {
    match block {
        Block::Heading(text) => {
            // Never the last line of a page.
            pages.room(3.0 * LEADING);
            pages.lines(MARGIN, INNER, 11.0, Face::Bold, text);
        }
        Block::Text(text) => pages.lines(MARGIN, INNER, SIZE, Face::Regular, text),
        Block::Fields(fields) => fields.iter().for_each(|(name, value)| field(pages, name, value)),
        Block::Table { columns, rows } => table(pages, columns, rows),
        Block::Stamp(caption) => stamp(pages, caption),
        Block::Signatures(all) => all.chunks(3).for_each(|row| signatures(pages, row)),
    }
}

fn field(pages: &mut Pages, name: &str, value: &str) {
    let name = Face::Regular.lines(name, SIZE, VALUES - 12.0);
    let value = Face::Regular.lines(value, SIZE, INNER - VALUES);
    for at in 0..name.len().max(value.len()) {
        pages.room(LEADING);
        let y = pages.y + SIZE;
        if let Some(line) = name.get(at) {
            pages.text((MARGIN, y), SIZE, Face::Regular, line.clone());
        }
        if at == 0 {
            pages.text((MARGIN + VALUES - 10.0, y), SIZE, Face::Regular, b":".to_vec());
        }
        if let Some(line) = value.get(at) {
            pages.text((MARGIN + VALUES, y), SIZE, Face::Regular, line.clone());
        }
        pages.y += LEADING;
    }
}

fn table(pages: &mut Pages, columns: &[(String, u16)], rows: &[Vec<String>]) {
    let total: f32 = columns.iter().map(|(_, share)| f32::from(*share)).sum();
    let widths: Vec<f32> = columns.iter().map(|(_, share)| INNER * f32::from(*share) / total).collect();
    let titles: Vec<&str> = columns.iter().map(|(title, _)| title.as_str()).collect();
    row(pages, &widths, &titles, Face::Bold);
    for cells in rows {
        let page = pages.all.len();
        let cells: Vec<&str> = cells.iter().map(String::as_str).collect();
        pages.room(row_height(&widths, &cells, Face::Regular));
        if pages.all.len() > page {
            row(pages, &widths, &titles, Face::Bold);
        }
        row(pages, &widths, &cells, Face::Regular);
    }
}

/// The lines of each cell.
fn cell_lines(widths: &[f32], cells: &[&str], face: Face) -> Vec<Vec<Vec<u8>>> {
    widths.iter().zip(cells).map(|(width, text)| face.lines(text, 9.0, (width - 8.0).max(10.0))).collect()
}

fn row_height(widths: &[f32], cells: &[&str], face: Face) -> f32 {
    let most = cell_lines(widths, cells, face).iter().map(Vec::len).max().unwrap_or(1);
    f32::from(u16::try_from(most).unwrap_or(u16::MAX)) * 12.0 + 5.0
}

fn row(pages: &mut Pages, widths: &[f32], cells: &[&str], face: Face) {
    let height = row_height(widths, cells, face);
    pages.room(height);
    let (mut x, top) = (MARGIN, pages.y);
    for (width, lines) in widths.iter().zip(cell_lines(widths, cells, face)) {
        pages.push(Item::Frame([x, top, *width, height]));
        let mut y = top + 11.0;
        for line in lines {
            pages.text((x + 4.0, y), 9.0, face, line);
            y += 12.0;
        }
        x += width;
    }
    pages.y += height;
}

fn stamp(pages: &mut Pages, caption: &str) {
    const TALL: f32 = 76.0;
    pages.room(TALL);
    pages.push(Item::Frame([MARGIN, pages.y, INNER, TALL]));
    let mut y = pages.y + 12.0;
    for line in Face::Regular.lines(caption, 8.0, INNER - 12.0) {
        pages.text((MARGIN + 6.0, y), 8.0, Face::Regular, line);
        y += 10.0;
    }
    pages.y += TALL;
}

fn signatures(pages: &mut Pages, row: &[Signature]) {
    const TALL: f32 = 108.0;
    pages.room(TALL + 6.0);
    let count = f32::from(u16::try_from(row.len()).unwrap_or(1)).max(1.0);
    let width = INNER / count;
    let top = pages.y;
    for (at, one) in (0u16..).zip(row) {
        let x = MARGIN + width * f32::from(at);
        pages.push(Item::Frame([x + 2.0, top, width - 4.0, TALL]));
        let mut centred = |y: f32, size: f32, face: Face, text: &str, most: usize| {
            for (at, line) in (0u16..).zip(face.lines(text, size, width - 12.0).into_iter().take(most)) {
                let x = x + (width - face.width(&line, size)) / 2.0;
                pages.text((x, top + y + f32::from(at) * 11.0), size, face, line);
            }
        };
        centred(14.0, 9.0, Face::Regular, &one.role, 2);
        let name = if one.name.is_empty() { "(...............................................)" } else { &one.name };
        centred(82.0, 9.0, Face::Bold, name, 2);
        centred(103.0, 8.0, Face::Regular, &one.number, 1);
    }
    pages.y += TALL + 6.0;
}

/// Sheets with their pages as a document.
pub(super) fn write(laid: &[(&Sheet, Vec<Page>)]) -> Vec<u8> {
    let mut next = 0;
    let mut reference = || {
        next += 1;
        Ref::new(next)
    };
    let (catalog, tree, regular, bold, info) = (reference(), reference(), reference(), reference(), reference());
    let numbered = |(sheet, pages): &(&Sheet, Vec<Page>)| {
        let of = pages.len();
        pages.iter().zip(1..).map(|(page, at)| draw(sheet, page, (at, of))).collect::<Vec<_>>()
    };
    let drawn: Vec<(Ref, Ref, Vec<u8>)> =
        laid.iter().flat_map(numbered).map(|content| (reference(), reference(), content)).collect();
    let mut pdf = Pdf::new();
    pdf.catalog(catalog).pages(tree).lang(TextStr("id"));
    pdf.document_info(info).title(TextStr(laid.first().map_or("", |(sheet, _)| &sheet.title)));
    pdf.pages(tree).kids(drawn.iter().map(|page| page.0)).count(i32::try_from(drawn.len()).unwrap_or(i32::MAX));
    for (font, name) in [(regular, "Helvetica"), (bold, "Helvetica-Bold")] {
        pdf.type1_font(font).base_font(Name(name.as_bytes())).encoding_predefined(Name(b"WinAnsiEncoding"));
    }
    for (id, stream, content) in &drawn {
        let mut entry = pdf.page(*id);
        entry.media_box(Rect::new(0.0, 0.0, WIDTH, HEIGHT)).parent(tree).contents(*stream);
        entry.resources().fonts().pair(Name(b"R"), regular).pair(Name(b"B"), bold);
        entry.finish();
        pdf.stream(*stream, content);
    }
    pdf.finish()
}

fn draw(sheet: &Sheet, page: &Page, (at, of): (usize, usize)) -> Vec<u8> {
    let mut content = Content::new();
    let foot = Item::Text { x: MARGIN, y: HEIGHT - 40.0, size: 8.0, face: Face::Regular, bytes: encode(&sheet.foot) };
    let number = encode(&format!("Halaman {at} dari {of}"));
    let x = WIDTH - MARGIN - Face::Regular.width(&number, 8.0);
    let number = Item::Text { x, y: HEIGHT - 40.0, size: 8.0, face: Face::Regular, bytes: number };
    for item in page.0.iter().chain([&foot, &number]) {
        draw_item(&mut content, item);
    }
    content.finish().to_vec()
}

fn draw_item(content: &mut Content, item: &Item) {
    match item {
        Item::Text { x, y, size, face, bytes } => {
            let font = if *face == Face::Bold { Name(b"B") } else { Name(b"R") };
            content.begin_text().set_font(font, *size).next_line(*x, HEIGHT - y).show(Str(bytes)).end_text();
        }
        Item::Frame([x, top, width, height]) => {
            content.set_line_width(0.5).rect(*x, HEIGHT - top - height, *width, *height).stroke();
        }
        Item::Bar([x, top, width, height]) => {
            content.rect(*x, HEIGHT - top - height, *width, *height).fill_nonzero();
        }
        Item::Rule { y, heavy } => {
            content.set_line_width(if *heavy { 1.2 } else { 0.5 });
            content.move_to(MARGIN, HEIGHT - y).line_to(WIDTH - MARGIN, HEIGHT - y).stroke();
        }
    }
}
