package mlflowtest

import "encoding/binary"

// ONNX is an ONNX model without any operator: what it takes and gives is all that is read of it. Its parts are made by the
// functions below, by the numbers of onnx.proto.
func ONNX(parts ...[]byte) []byte {
	graph := field(2, []byte("sadi"))
	for _, p := range parts {
		graph = append(graph, p...)
	}
	return append(append(whole64(1, 9), field(2, []byte("sadi"))...), field(7, graph)...)
}

// ONNXInput is an input of an element type (1 float, 7 int64, 8 string, 11 double); 0 in the shape is a dimension with a name.
func ONNXInput(name string, element int, shape ...int) []byte {
	return onnxValue(11, name, element, shape)
}

// ONNXOutput is an output.
func ONNXOutput(name string, element int, shape ...int) []byte {
	return onnxValue(12, name, element, shape)
}

// ONNXMaps is an output that is a list of maps, as a classifier's may be.
func ONNXMaps(name string) []byte {
	return field(12, field(1, []byte(name)), field(2, field(4, nil)))
}

// ONNXWeight is a weight.
func ONNXWeight(name string) []byte { return field(5, field(8, []byte(name))) }

func onnxValue(number int, name string, element int, shape []int) []byte {
	var dims []byte
	for _, n := range shape {
		if n == 0 {
			dims = append(dims, field(1, field(2, []byte("N")))...)
		} else {
			dims = append(dims, field(1, whole64(1, uint64(n)))...)
		}
	}
	return field(number, field(1, []byte(name)), field(2, field(1, whole64(1, uint64(element)), field(2, dims))))
}

// field writes a field of a message of Protocol Buffers.
func field(number int, payload ...[]byte) []byte {
	var all []byte
	for _, p := range payload {
		all = append(all, p...)
	}
	return append(binary.AppendUvarint(binary.AppendUvarint(nil, uint64(number)<<3|2), uint64(len(all))), all...)
}

func whole64(number int, v uint64) []byte {
	return binary.AppendUvarint(binary.AppendUvarint(nil, uint64(number)<<3), v)
}
