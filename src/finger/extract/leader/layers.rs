//! The network's layers by name: their weights as the graph holds them, each with the shape that is asked for.

use super::LeaderError;
use super::onnx::{Constant, Graph, Node};

/// A graph whose layers are looked up.
pub(super) struct Layers<'a>(&'a Graph<'a>);

/// A convolution that sees every channel: weights by output, input, row and column.
pub(super) struct Conv {
    pub(super) outputs: usize,
    pub(super) inputs: usize,
    pub(super) side: usize,
    pub(super) weights: Vec<f32>,
    pub(super) bias: Vec<f32>,
}

impl Conv {
    pub(super) fn weight(&self, output: usize, input: usize, tap: usize) -> f32 {
        self.weights[(output * self.inputs + input) * self.side * self.side + tap]
    }
}

/// Scale and shift after a normalization over channels.
pub(super) struct Norm {
    pub(super) scale: Vec<f32>,
    pub(super) shift: Vec<f32>,
}

impl<'a> Layers<'a> {
    pub(super) fn new(graph: &'a Graph<'a>) -> Self {
        Self(graph)
    }

    /// A convolution of `outputs` by `inputs` channels and `side` by `side` taps.
    pub(super) fn conv(&self, layer: &str, outputs: usize, inputs: usize, side: usize) -> Result<Conv, LeaderError> {
        let of = |tail: &str| format!("functional_1/{layer}_1/{tail}");
        let missing = || LeaderError::Layer { name: layer.to_owned() };
        let names = [of("convolution/ReadVariableOp:0"), of("separable_conv2d/ReadVariableOp_1:0")];
        let of_weights = |n: &&Node<'_>| n.kind == "Conv" && n.inputs.get(1).is_some_and(|i| names.iter().any(|name| name == i));
        let node = self.0.nodes.iter().find(of_weights).ok_or_else(missing)?;
        // A dilated convolution has its bias as a sum of its own.
        let bias = match node.inputs.get(2) {
            Some(bias) => bias,
            None => self.node(&of("BiasAdd")).and_then(|n| n.inputs.get(1)).ok_or_else(missing)?,
        };
        let weights = self.constant(layer, node.inputs.get(1), &[outputs, inputs, side, side])?;
        let bias = self.numbers(layer, Some(bias), outputs)?;
        Ok(Conv { outputs, inputs, side, weights, bias })
    }

    /// Filters of one channel each, by channel, row and column.
    pub(super) fn depthwise(&self, layer: &str, channels: usize, side: usize) -> Result<Vec<f32>, LeaderError> {
        let tails = ["depthwise", "separable_conv2d/depthwise"];
        let node = tails.iter().find_map(|tail| self.node(&format!("functional_1/{layer}_1/{tail}")));
        self.constant(layer, node.and_then(|n| n.inputs.get(1)), &[channels, 1, side, side])
    }

    /// The normalization of a layer.
    pub(super) fn norm(&self, layer: &str, channels: usize) -> Result<Norm, LeaderError> {
        let second = |tail: &str| self.node(&format!("functional_1/{layer}_1/{tail}")).and_then(|n| n.inputs.get(1));
        let scale = self.numbers(layer, second("mul"), channels)?;
        Ok(Norm { scale, shift: self.numbers(layer, second("add_1"), channels)? })
    }

    /// The taps of the blur before the peaks are looked for.
    pub(super) fn blur(&self) -> Result<Vec<f32>, LeaderError> {
        let name = "functional_1/nms_Gaussian_blur_1/convolution/ReadVariableOp:0";
        self.constant("nms_Gaussian_blur", Some(&name), &[1, 1, 5, 5])
    }

    fn node(&self, name: &str) -> Option<&Node<'a>> {
        self.0.nodes.iter().find(|n| n.name == name)
    }

    fn constant(&self, layer: &str, name: Option<&&str>, shape: &[usize]) -> Result<Vec<f32>, LeaderError> {
        self.found(name).filter(|c| c.shape == shape).map(|c| c.values.clone()).ok_or_else(|| wrong(layer))
    }

    /// As many numbers, whatever their shape.
    fn numbers(&self, layer: &str, name: Option<&&str>, count: usize) -> Result<Vec<f32>, LeaderError> {
        self.found(name).filter(|c| c.values.len() == count).map(|c| c.values.clone()).ok_or_else(|| wrong(layer))
    }

    fn found(&self, name: Option<&&str>) -> Option<&Constant> {
        name.and_then(|name| self.0.constants.get(*name))
    }
}

fn wrong(layer: &str) -> LeaderError {
    LeaderError::Layer { name: layer.to_owned() }
}
