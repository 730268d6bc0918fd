//! The gateway's transport compression: one zstd stream for a connection, flushed after each message.

use zstd_safe::zstd_sys::ZSTD_EndDirective::ZSTD_e_flush;
use zstd_safe::{CCtx, InBuffer, OutBuffer};

/// The stream of one connection.
pub(super) struct Zstd {
    context: CCtx<'static>,
    buffer: Vec<u8>,
}

impl Zstd {
    pub(super) fn new() -> Self {
        let mut context = CCtx::create();
        context.init(1).expect("level 1 is one that there is");
        Self { context, buffer: vec![0; 64 << 10] }
    }

    /// The next message's bytes in the stream.
    pub(super) fn message(&mut self, text: &str) -> Vec<u8> {
        let mut input = InBuffer::around(text.as_bytes());
        let mut bytes = Vec::new();
        loop {
            let mut output = OutBuffer::around(self.buffer.as_mut_slice());
            let left = self
                .context
                .compress_stream2(&mut output, &mut input, ZSTD_e_flush)
                .expect("a stream in order");
            bytes.extend_from_slice(output.as_slice());
            if left == 0 && input.pos == text.len() {
                return bytes;
            }
        }
    }
}
