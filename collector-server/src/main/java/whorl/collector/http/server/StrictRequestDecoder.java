package whorl.collector.http.server;

import io.netty.handler.codec.http.DefaultHttpHeaders;
import io.netty.handler.codec.http.HttpDecoderConfig;
import io.netty.handler.codec.http.HttpHeaders;
import io.netty.handler.codec.http.HttpHeadersFactory;
import io.netty.handler.codec.http.HttpMessage;
import io.netty.handler.codec.http.HttpRequestDecoder;
import io.netty.handler.codec.http.TooLongHttpHeaderException;

/**
 * Refuses requests that a proxy in front might read differently (request smuggling, RFC 9112, 6.3),
 * and those with very many headers.
 */
final class StrictRequestDecoder extends HttpRequestDecoder {
  /** Each takes up to 150 bytes of memory for two of the limit of their size. */
  static final int HEADERS_MAX = 128;

  StrictRequestDecoder(EdgeLimits.Sizes sizes) {
    super(
        new HttpDecoderConfig()
            .setMaxInitialLineLength(sizes.maxRequestLineBytes())
            .setMaxHeaderSize(sizes.maxHeaderBytes())
            .setMaxChunkSize(BodyStream.READ_BYTES)
            .setAllowDuplicateContentLengths(false)
            .setStrictLineParsing(true)
            .setUseRfc9112TransferEncoding(true)
            .setHeadersFactory(new Factory())
            .setTrailersFactory(new Factory()));
  }

  @Override
  protected void handleTransferEncodingChunkedWithContentLength(HttpMessage message) {
    throw new IllegalArgumentException("both Content-Length and Transfer-Encoding");
  }

  private static final class Factory implements HttpHeadersFactory {
    @Override
    public HttpHeaders newHeaders() {
      return new FewHeaders();
    }

    @Override
    public HttpHeaders newEmptyHeaders() {
      return new FewHeaders();
    }
  }

  /** Names and values are validated as in any others. */
  private static final class FewHeaders extends DefaultHttpHeaders {
    @Override
    public HttpHeaders add(CharSequence name, Object value) {
      requireRoom();
      return super.add(name, value);
    }

    @Override
    public HttpHeaders add(String name, Object value) {
      requireRoom();
      return super.add(name, value);
    }

    private void requireRoom() {
      if (size() >= HEADERS_MAX) {
        throw new TooLongHttpHeaderException("more than " + HEADERS_MAX + " headers");
      }
    }
  }
}
