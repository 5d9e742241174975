//! Models of networks: any bytes are read or refused, and what is read is as much as the bytes can hold.

use ektp::finger::extract::leader::Leader;
use ektp::finger::extract::leader::onnx::Graph;

pub fn run(data: &[u8]) {
    // 7 graph, its length left to the bytes.
    for start in [&b""[..], &[0x3A], &[0x3A, 0x20], &[0x3A, 0x10, 0x2A, 0x0E, 0x10, 0x01]] {
        let bytes = [start, data].concat();
        if let Ok(graph) = Graph::read(&bytes) {
            let numbers: usize = graph.constants.values().map(|c| c.values.len()).sum();
            assert!(numbers <= bytes.len() / 4);
            assert!(graph.constants.values().all(|c| c.shape.iter().product::<usize>() == c.values.len()));
        }
        assert!(Leader::new(&bytes).is_err());
    }
}
