//! Models built by hand: what is read, and one refusal for each way to be none.

use super::*;
use proptest::prelude::*;

fn varint(mut number: u64) -> Vec<u8> {
    let mut bytes = Vec::new();
    while number >= 0x80 {
        bytes.push(u8::try_from(number & 0x7F).unwrap() | 0x80);
        number >>= 7;
    }
    bytes.push(u8::try_from(number).unwrap());
    bytes
}

fn field(number: u64, content: &[u8]) -> Vec<u8> {
    [varint(number << 3 | 2), varint(content.len() as u64), content.to_vec()].concat()
}

fn number(of: u64, value: u64) -> Vec<u8> {
    [varint(of << 3), varint(value)].concat()
}

fn model(graph: &[u8]) -> Vec<u8> {
    // 1 ir_version, 7 graph.
    [number(1, 8), field(7, graph)].concat()
}

fn tensor(name: &str, kind: u64, shape: &[u64], raw: &[u8]) -> Vec<u8> {
    let sides: Vec<u8> = shape.iter().flat_map(|side| number(1, *side)).collect();
    [sides, number(2, kind), field(8, name.as_bytes()), field(9, raw)].concat()
}

#[test]
fn constants_of_floats_and_nodes_are_read() {
    let values: Vec<u8> = [1.5f32, -2.0].iter().flat_map(|v| v.to_le_bytes()).collect();
    let packed = [field(1, &[1, 2]), number(2, 1), field(8, b"packed"), field(9, &values)].concat();
    let node = [field(1, b"x"), field(1, b"w"), field(2, b"y"), field(3, b"first"), field(4, b"Conv")].concat();
    let graph = [
        field(1, &node),
        field(5, &tensor("w", 1, &[2, 1], &values)),
        field(5, &packed),
        field(5, &tensor("whole", 7, &[1], &[0; 8])),
        // A fixed field of either width that nobody asks for.
        [vec![0x79], vec![0; 8], vec![0x7D], vec![0; 4]].concat(),
    ]
    .concat();
    let file = model(&graph);
    let read = Graph::read(&file).unwrap();
    assert_eq!(read.nodes, [Node { name: "first", kind: "Conv", inputs: vec!["x", "w"] }]);
    assert_eq!(read.constants["w"], Constant { shape: vec![2, 1], values: vec![1.5, -2.0] });
    assert_eq!(read.constants["packed"].shape, [1, 2]);
    assert!(!read.constants.contains_key("whole"), "whole numbers are passed over");
}

#[test]
fn a_field_that_is_cut_is_named_by_its_byte() {
    let file = model(&field(5, &tensor("w", 1, &[1], &[0; 4])));
    assert_eq!(Graph::read(&file[..file.len() - 1]), Err(OnnxError::Cut { at: 2 }));
    assert_eq!(Graph::read(&[0x3A]), Err(OnnxError::Cut { at: 1 }));
}

#[test]
fn what_is_no_field_is_refused() {
    let long = [vec![0x08], vec![0xFF; 9], vec![0x7F]].concat();
    assert_eq!(Graph::read(&long), Err(OnnxError::BadField { at: 1 }));
    assert_eq!(Graph::read(&[0x0B]), Err(OnnxError::BadField { at: 0 }), "a group");
    assert_eq!(Graph::read(&[0x00, 0x00]), Err(OnnxError::BadField { at: 0 }), "number 0");
}

#[test]
fn a_name_that_is_no_text_is_refused() {
    let file = model(&field(1, &field(3, &[0xFF])));
    assert_eq!(Graph::read(&file), Err(OnnxError::BadName { at: file.len() - 1 }));
}

#[test]
fn numbers_must_fill_their_shape() {
    for shape in [vec![2], vec![0], vec![u64::MAX, u64::MAX]] {
        let file = model(&field(5, &tensor("w", 1, &shape, &[0; 4])));
        assert!(matches!(Graph::read(&file), Err(OnnxError::BadShape { .. })), "{shape:?}");
    }
}

#[test]
fn a_model_without_a_graph_is_none() {
    assert_eq!(Graph::read(&number(1, 8)), Err(OnnxError::NoGraph));
    assert_eq!(OnnxError::NoGraph.reason(), Reason::InputInvalid);
}

#[test]
fn more_than_the_bounds_is_refused() {
    let too_many = |what, bound| Err(OnnxError::TooMany { what, bound });
    let nodes = field(1, b"").repeat(limits::NETWORK_NODES + 1);
    assert_eq!(Graph::read(&model(&nodes)), too_many("nodes", limits::NETWORK_NODES));
    let inputs = field(1, &field(1, b"x").repeat(limits::NETWORK_INPUTS + 1));
    assert_eq!(Graph::read(&model(&inputs)), too_many("inputs of a node", limits::NETWORK_INPUTS));
    let sides = field(5, &tensor("w", 1, &[1; limits::NETWORK_SIDES + 1], &[0; 4]));
    assert_eq!(Graph::read(&model(&sides)), too_many("sides of a constant", limits::NETWORK_SIDES));
    let constants: Vec<u8> =
        (0..=limits::NETWORK_NODES).flat_map(|n| field(5, &tensor(&n.to_string(), 1, &[1], &[0; 4]))).collect();
    assert_eq!(Graph::read(&model(&constants)), too_many("constants", limits::NETWORK_NODES));
}

proptest! {
    #[test]
    fn any_bytes_are_read_or_refused(bytes in prop::collection::vec(any::<u8>(), 0..300)) {
        let file = model(&bytes);
        if let Ok(graph) = Graph::read(&file) {
            for constant in graph.constants.values() {
                prop_assert_eq!(constant.values.len(), constant.shape.iter().product::<usize>());
            }
        }
        let _ = Graph::read(&bytes);
    }
}
