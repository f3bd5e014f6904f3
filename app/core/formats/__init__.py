"""Model file formats: GGUF, safetensors, LoRA adapters, quantization types; read with bounds."""
