//go:build !amd64 || purego

package kernel

func avx2Body(string) body { return nil }
