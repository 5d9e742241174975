//! Every bound of the system, in one table. A loop or buffer that outside data feeds takes its bound from here.

/// Deepest nesting of a TLV or DER structure.
pub const TLV_DEPTH: usize = 16;
/// Most objects in one TLV or DER structure.
pub const TLV_NODES: usize = 4_096;
/// Largest elementary file, in bytes, that is read from a chip or a directory.
pub const FILE_BYTES: usize = 262_144;
/// Most elementary files of one chip.
pub const FILES: usize = 32;
/// Longest response of one APDU, status word included.
pub const RESPONSE_BYTES: usize = 65_538;
/// Most GET RESPONSE commands after one command (61xx).
pub const GET_RESPONSES: usize = 64;
/// Most commands of one conversation with a chip: three times what a card of 1 MiB takes in short chunks. A chip that gives one
/// byte an answer is not waited for.
pub const LINK_EXCHANGES: usize = 16_384;
/// Most exchanges that a conversation's trace keeps.
pub const TRACE_ENTRIES: usize = 4_096;
/// Most corrections of Le (6Cxx) for one command.
pub const WRONG_LE_RETRIES: usize = 1;
/// Most certificates in a chain of either kind.
pub const CHAIN_CERTIFICATES: usize = 16;
/// Largest certificate, CRL entry list aside, in bytes.
pub const CERTIFICATE_BYTES: usize = 16_384;
/// Largest signed or sealed message that is opened, in bytes.
pub const CMS_BYTES: usize = 4 * 1_048_576;
/// Most memory that opening a key file may take, in bytes: four times what scrypt with OpenSSL's parameters takes.
pub const KEY_FILE_MEMORY: u64 = 64 * 1_048_576;
/// Most PBKDF2 rounds of a key file.
pub const KEY_FILE_ROUNDS: u32 = 2_000_000;
/// Largest status list, compressed or not, in bytes.
pub const STATUS_LIST_BYTES: usize = 128 * 1_048_576;
/// Longest record of a verification, in bytes.
pub const VERIFICATION_BYTES: usize = 4_096;
/// Largest register of verifications, in bytes.
pub const VERIFICATION_LOG_BYTES: u64 = 1 << 30;
/// Most deltas that are read after a status list; a publisher makes a new list before.
pub const STATUS_DELTAS: usize = 4_096;
/// Most indices that a delta of a status list changes.
pub const STATUS_DELTA_CHANGES: usize = 65_536;
/// Largest picture file, in bytes.
pub const IMAGE_BYTES: usize = 16 * 1_048_576;
/// Widest and highest picture, in pixels.
pub const IMAGE_SIDE: u32 = 8_192;
/// Most pixels of a picture.
pub const IMAGE_PIXELS: u64 = 40_000_000;
/// Largest JSON document (record, evidence, profile), in bytes.
pub const DOCUMENT_BYTES: usize = 8 * 1_048_576;
/// Most minutiae of one finger view (ISO/IEC 19794-2: one-byte count).
pub const MINUTIAE: usize = 255;
/// Longest header line of a sensor's answer, in bytes.
pub const CAPTURE_HEADER_BYTES: usize = 4_096;
/// Longest maker, model or serial number of a capture device, in characters.
pub const DEVICE_NAME_CHARS: usize = 100;
/// Most minutiae of one finger on the chip.
pub const CHIP_MINUTIAE: usize = 60;
/// Attempts to rerun PACE after a lost field.
pub const FIELD_LOST_RETRIES: usize = 3;
/// Longest line of a local service protocol, in bytes.
pub const SERVICE_LINE_BYTES: usize = 2 * 1_048_576;
/// Most keys in one PUT KEY command.
pub const CHIP_KEYS: usize = 8;
/// Bytes of a chip's memory that its own keys, counters, tables and undo log take; the rest of its capacity is file contents.
pub const CHIP_INTERNALS: usize = 1_152;
/// Largest JSON record of one resident, in bytes; its pictures and templates are files of their own.
pub const RECORD_BYTES: usize = 65_536;
/// Most records of one batch file.
pub const BATCH_ROWS: usize = 10_000;
/// Largest file of a population register, in bytes.
pub const REGISTER_BYTES: usize = 128 * 1_048_576;
/// Most residents of one file: a regency's hundreds of thousands come in several.
pub const REGISTER_ROWS: usize = 100_000;
/// Longest line of a batch file, in fields.
pub const BATCH_COLUMNS: usize = 64;
/// Most stations that a local service talks to at once.
pub const SERVICE_CONNECTIONS: usize = 64;
/// Longest time between a judge's challenge and the judgement, in minutes: an answer kept for later proves nothing about now.
pub const CHALLENGE_MINUTES: i64 = 15;
/// Shortest side of a finger image at 500 dpi, in pixels: below it (3.3 mm) no print can be told.
pub const FINGER_SIDE_MIN: u16 = 64;
/// Longest side of a finger image at 500 dpi, in pixels: a slap of four fingers is 1,600 wide.
pub const FINGER_SIDE_MAX: u16 = 2_000;
/// Most files that one evaluation of fingers looks at.
pub const EVAL_FILES: usize = 100_000;
/// Most impressions of one set of an evaluation: their scores are a triangle in memory.
pub const EVAL_IMPRESSIONS: usize = 4_000;
/// Most lines of a table of scores.
pub const EVAL_SCORES: usize = 10_000_000;
/// Most images that one run of the synthetic fingers makes: an evaluation reads no more.
pub const SYNTH_IMAGES: u64 = 100_000;
/// Most comparisons that one figure is drawn from.
pub const EVAL_TRIALS: usize = 10_000_000;
/// Largest table of scores, in bytes.
pub const EVAL_SCORE_BYTES: usize = 512 * 1_048_576;
/// Most views of one template that are compared with another's.
pub const VIEWS_COMPARED: usize = 8;
/// Largest list of pairs of prints to compare, in bytes.
pub const MATCH_LIST_BYTES: usize = 256 * 1_048_576;
/// Most different templates of one such list.
pub const MATCH_TEMPLATES: usize = 100_000;
/// Coarsest resolution of a finger image, in dots per inch: 250 is the least of ISO/IEC 19794-4's levels that shows ridges apart. What
/// programs write that do not know (1, 72, 96, 150, 200) lies below.
pub const FINGER_DPI_MIN: u32 = 240;
/// Finest resolution of a finger image, in dots per inch.
pub const FINGER_DPI_MAX: u32 = 2_400;
/// Largest file of a network's weights, in bytes: the one that is run has 4.0 million.
pub const NETWORK_BYTES: usize = 8 * 1_048_576;
/// Most nodes, and most constants, of a network's graph: the one that is run has 1,337 and 220.
pub const NETWORK_NODES: usize = 4_096;
/// Most inputs of one node of a network's graph.
pub const NETWORK_INPUTS: usize = 64;
/// Most sides of one constant of a network's graph.
pub const NETWORK_SIDES: usize = 8;
/// Most records of an ANSI/NIST file after the first: a ten-print card with palms has some thirty.
pub const AN2K_RECORDS: usize = 256;
/// Most fields of one tagged record of an ANSI/NIST file.
pub const AN2K_FIELDS: usize = 1_000;
/// Most bytes in which a tagged record states its length.
pub const AN2K_LENGTH_BYTES: usize = 24;
/// Most files of a folder of one person's fingers that are looked at: ten, and one too many.
pub const PERSON_FILES: usize = 11;
/// Least quality, 1 to 100, that a template may tell of a print by which a person is searched for or enrolled.
pub const FINGER_QUALITY_LEAST: u8 = 20;
/// Most persons of a gallery in memory, 2 kB each.
pub const GALLERY_PERSONS: usize = 16_000_000;
/// Largest sealed record of a gallery's log, in bytes: a person of ten fingers.
pub const GALLERY_RECORD_BYTES: usize = 2_048;
/// Latest changes of a gallery whose states are known again, 8 bytes each.
pub const GALLERY_TRAIL: usize = 1 << 20;
/// Most files of a folder that are looked through for what a killed writer left.
pub const SWEPT_FILES: usize = 100_000;
/// Largest log of a gallery, in bytes: some 280,000 persons between two snapshots.
pub const GALLERY_LOG_BYTES: usize = 512 * 1_048_576;
/// Most grants of officers that one roster knows: some for each of half a million desks and stations.
pub const OFFICER_GRANTS: usize = 2_000_000;
/// Longest grant, request, end or act of an officer, in bytes.
pub const OFFICER_DOCUMENT_BYTES: u64 = 4_096;
/// Most files of a capture: ten fingers with their templates, face, hands, irises, signature, papers and the record.
pub const PACKET_FILES: usize = 64;
/// Longest manifest of a packet, in bytes.
pub const PACKET_MANIFEST_BYTES: usize = 32_768;
/// Largest packet: the largest sealed message, and head and act before it.
pub const PACKET_BYTES: u64 = 4 * 1_048_576 + 16_384;
/// Largest item that offices send each other: a packet, or a letter.
pub const SYNC_ITEM_BYTES: u64 = PACKET_BYTES;
/// Most of an item that goes in one request between offices, in bytes.
pub const SYNC_CHUNK_BYTES: usize = 262_144;
/// Most items that one pass looks at in a folder: the rest waits for the next.
pub const SYNC_ITEMS: usize = 10_000;
/// Most items of one office of which only a part has come.
pub const SYNC_PARTS: usize = 64;
/// How often one pull asks again for what waits for another item of it.
pub const SYNC_PASSES: usize = 16;
/// Most residents in one letter.
pub const SYNC_RESIDENTS: usize = 200;
/// Largest head of a request or an answer between offices, in bytes, and its most lines.
pub const SYNC_HEAD_BYTES: usize = 8_192;
/// Most lines of such a head.
pub const SYNC_HEAD_LINES: usize = 32;
/// Largest list or short answer between offices, in bytes.
pub const SYNC_ANSWER_BYTES: usize = 2 * 1_048_576;
/// Most offices that are connected to one service at once.
pub const SYNC_CONNECTIONS: usize = 64;
/// Most papers in one document: the summonses of one list.
pub const FORM_BUNDLE: usize = 1_000;
/// Most parts of a paper of issuance.
pub const FORM_BLOCKS: usize = 1_000;
/// Most bytes of text on one paper: minutes over some thousands of cards.
pub const FORM_CHARS: usize = 1_048_576;
/// Most pages of a paper.
pub const FORM_PAGES: usize = 100;
/// Longest text of a paper's 2D code: at level Q it stays readable from three centimetres.
pub const FORM_CODE_CHARS: usize = 250;
/// Most fields that one application changes.
pub const CASE_CHANGES: usize = 20;
/// Most hands through which one summons goes.
pub const CASE_HANDS: usize = 10;
/// Most often a finger is laid down in one round of a handover's comparison.
pub const HANDOVER_CAPTURES: u8 = 10;
/// Most rounds of one sitting: each takes another officer.
pub const HANDOVER_ROUNDS: u8 = 3;
/// Most sittings over one card.
pub const HANDOVER_SITTINGS: u8 = 5;
/// Most fingers of a card that are compared at handover.
pub const HANDOVER_FINGERS: u8 = 2;
/// Most captures that are logged of one card, failed ones too.
pub const HANDOVER_LOG: usize = 400;
/// Longest policy file of handovers, in bytes.
pub const HANDOVER_POLICY_BYTES: u64 = 4_096;
/// Longest id, office or word of the store of issuance, in characters.
pub const STORE_WORD_CHARS: usize = 64;
/// Most steps of one change: a clarification holds all of its candidates in one, and suspends their cards; twice over, where it lets go of
/// what a candidate's own clarification holds.
pub const STORE_MOVES: usize = 5_000;
/// Most applications that one list or one summons makes, and residents of one change of the register: as many papers as one document has.
pub const CASES_AT_ONCE: usize = FORM_BUNDLE;
/// Most cards of a shipment, and most applications of a batch.
pub const STORE_ITEMS: usize = 10_000;
/// Longest signature of an officer over a step, in bytes: RSA with 4,096 bits has 512.
pub const STORE_SIGNATURE_BYTES: usize = 1_024;
/// Largest sealed part of a thing, in bytes: ten prints, portrait and signature as pictures.
pub const STORE_SEALED_BYTES: usize = 16 * 1_048_576;
/// Most rows of one answer of the store.
pub const STORE_PAGE_ROWS: u32 = 1_000;
/// Things whose life one question tells.
pub const TRACED: usize = 1_000;
/// Candidates that are kept of one identification, and held while it is clarified: more than two persons look at.
pub const SUSPECTS: usize = 1_000;
/// Most offices with an audit chain in one store: there are some 7,300 sub-districts and 514 regencies.
pub const STORE_OFFICES: usize = 20_000;
/// Most applications of a batch and cards of a shipment that this program puts together: with each goes a step of its own, and all
/// of them are one change.
pub const ISSUANCE_ITEMS: usize = 900;
/// Most images of one application that a station looks through for a card's: one a card, and more than that many nobody is made.
pub const IMAGES_OF_AN_APPLICATION: usize = 99;
/// Most serial numbers of blanks in one list.
pub const BLANK_SERIALS: usize = 100_000;
/// Most kinds of materials that a shift counts.
pub const SHIFT_MATERIALS: usize = 32;
/// Most officers at a station.
pub const SHIFT_OPERATORS: usize = 16;
/// Largest file of serial numbers, counts, rules or lists of issuance, in bytes.
pub const ISSUANCE_LIST_BYTES: u64 = 4 * 1_048_576;
/// Most classes of a bureau's rules.
pub const QUOTA_CLASSES: usize = 64;
/// Most applications that are looked at to put one batch together.
pub const QUOTA_CANDIDATES: usize = 100_000;
/// Most seals of a shipment.
pub const SHIPMENT_SEALS: usize = 32;
/// Longest text of a person about an incident, in bytes.
pub const INCIDENT_TEXT_BYTES: usize = 8_192;
/// Most of what a program that makes cards says of a stage, in bytes.
pub const MAKER_BYTES: u64 = 65_536;
/// Most rows of the audit that one report goes through.
pub const REPORT_ROWS: usize = 5_000_000;
/// Most days of a trend.
pub const REPORT_DAYS: usize = 3_660;
/// Most ages that things are told apart by in one question.
pub const STORE_AGES: usize = 16;
/// Marks that an application is kept under, or asked by, at once.
pub const STORE_MARKS: usize = 512;
/// Words of a name that are looked at.
pub const NAME_TOKENS: usize = 8;
/// Dossiers that a search by data opens.
pub const LIKENESS_OPENED: u32 = 500;
/// How often a change is tried that others stand in the way of.
pub const STORE_ATTEMPTS: usize = 10;
/// Largest file of heads of audit chains, in bytes: one of 20,000 offices has 4 million.
pub const STORE_HEADS_BYTES: u64 = 8 * 1_048_576;
