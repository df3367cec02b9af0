"""MediaPipe's pose networks (Apache-2.0), converted from TFLite to ONNX."""
