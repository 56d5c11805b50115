package whorl.collector.http.server;

import io.netty.handler.codec.http.HttpDecoderConfig;
import io.netty.handler.codec.http.HttpMessage;
import io.netty.handler.codec.http.HttpRequestDecoder;

/**
 * Refuses requests that a proxy in front might read differently (request smuggling, RFC 9112, 6.3).
 */
final class StrictRequestDecoder extends HttpRequestDecoder {
  StrictRequestDecoder(EdgeLimits.Sizes sizes) {
    super(
        new HttpDecoderConfig()
            .setMaxInitialLineLength(sizes.maxRequestLineBytes())
            .setMaxHeaderSize(sizes.maxHeaderBytes())
            .setMaxChunkSize(BodyStream.READ_BYTES)
            .setAllowDuplicateContentLengths(false)
            .setStrictLineParsing(true)
            .setUseRfc9112TransferEncoding(true));
  }

  @Override
  protected void handleTransferEncodingChunkedWithContentLength(HttpMessage message) {
    throw new IllegalArgumentException("both Content-Length and Transfer-Encoding");
  }
}
