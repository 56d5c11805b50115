package whorl.collector.http.server;

import io.netty.buffer.ByteBuf;
import io.netty.channel.ChannelHandlerContext;
import io.netty.handler.codec.http.DefaultHttpHeaders;
import io.netty.handler.codec.http.HttpConstants;
import io.netty.handler.codec.http.HttpContent;
import io.netty.handler.codec.http.HttpDecoderConfig;
import io.netty.handler.codec.http.HttpHeaders;
import io.netty.handler.codec.http.HttpHeadersFactory;
import io.netty.handler.codec.http.HttpMessage;
import io.netty.handler.codec.http.HttpObject;
import io.netty.handler.codec.http.HttpRequest;
import io.netty.handler.codec.http.HttpRequestDecoder;
import io.netty.handler.codec.http.TooLongHttpHeaderException;
import java.util.Iterator;
import java.util.List;
import java.util.Map;

/**
 * Refuses requests that a proxy in front might read differently (request smuggling, RFC 9112, 6.3),
 * and those with very many headers.
 */
final class StrictRequestDecoder extends HttpRequestDecoder {
  /** Each takes up to 150 bytes of memory for two of the limit of their size. */
  static final int HEADERS_MAX = 128;

  private static final int HEADER_BYTES = 150;

  /** The target is kept as it came, as path and query, and decoded. */
  private static final int TARGET_COPIES = 3;

  private final int headMaxBytes;
  private final int lineMaxBytes;
  private final Trailers trailers;
  private boolean headBegun;
  private boolean failed;

  /** In bytes as they came, with blanks that are in no part of a request. */
  private int longestLine;

  StrictRequestDecoder(EdgeLimits.Sizes sizes) {
    this(sizes, new Trailers());
  }

  private StrictRequestDecoder(EdgeLimits.Sizes sizes, Trailers trailers) {
    super(
        new HttpDecoderConfig()
            .setMaxInitialLineLength(sizes.maxRequestLineBytes())
            .setMaxHeaderSize(sizes.maxHeaderBytes())
            .setMaxChunkSize(BodyStream.READ_BYTES)
            .setAllowDuplicateContentLengths(false)
            .setStrictLineParsing(true)
            .setUseRfc9112TransferEncoding(true)
            .setHeadersFactory(new Factory())
            .setTrailersFactory(trailers));
    this.trailers = trailers;
    this.headMaxBytes =
        sizes.maxRequestLineBytes() + sizes.maxHeaderBytes() + HEADERS_MAX * HEADER_BYTES;
    this.lineMaxBytes = Math.max(sizes.maxRequestLineBytes(), sizes.maxHeaderBytes());
  }

  /** What a request takes, in bytes, whose head, next chunk, or trailers are not complete. */
  long heldBytes() {
    return internalBuffer().capacity() + (headBegun || trailers.begun ? headMaxBytes : 0);
  }

  /** What a complete head takes, in bytes. */
  static long headBytes(HttpRequest head) {
    return (long) TARGET_COPIES * head.uri().length() + headerBytes(head.headers());
  }

  /** What headers or trailers take, in bytes. */
  static long headerBytes(HttpHeaders headers) {
    long bytes = 0;
    Iterator<Map.Entry<CharSequence, CharSequence>> each = headers.iteratorCharSequence();
    while (each.hasNext()) {
      Map.Entry<CharSequence, CharSequence> header = each.next();
      bytes += HEADER_BYTES + header.getKey().length() + header.getValue().length();
    }
    return bytes;
  }

  /** What the decoder keeps, in bytes, until its connection ends: room for the longest line. */
  int lineBytes() {
    return Integer.highestOneBit(longestLine) << 1;
  }

  @Override
  protected HttpMessage createMessage(String[] initialLine) throws Exception {
    headBegun = true;
    return super.createMessage(initialLine);
  }

  @Override
  protected void decode(ChannelHandlerContext context, ByteBuf bytes, List<Object> decoded)
      throws Exception {
    int begin = bytes.readerIndex();
    int before = decoded.size();
    super.decode(context, bytes, decoded);
    if (!failed) {
      noteLines(bytes, begin, decoded.subList(before, decoded.size()));
    }
    if (!decoded.isEmpty()) {
      headBegun = false;
      trailers.begun = false;
    }
  }

  /**
   * A line is decoded only once it is complete, and content comes after the line with its size.
   * After a failure, all that comes is dropped.
   */
  private void noteLines(ByteBuf bytes, int begin, List<Object> parts) {
    int end = bytes.readerIndex();
    for (Object part : parts) {
      end -= part instanceof HttpContent content ? content.content().readableBytes() : 0;
      failed |= part instanceof HttpObject object && object.decoderResult().isFailure();
    }
    int line = begin;
    int next = bytes.indexOf(line, end, HttpConstants.LF) + 1;
    while (next > 0) {
      longestLine = Math.max(longestLine, Math.min(next - line, lineMaxBytes));
      line = next;
      next = bytes.indexOf(line, end, HttpConstants.LF) + 1;
    }
  }

  @Override
  protected void handleTransferEncodingChunkedWithContentLength(HttpMessage message) {
    throw new IllegalArgumentException("both Content-Length and Transfer-Encoding");
  }

  private static class Factory implements HttpHeadersFactory {
    @Override
    public HttpHeaders newHeaders() {
      return new FewHeaders();
    }

    @Override
    public HttpHeaders newEmptyHeaders() {
      return new FewHeaders();
    }
  }

  /** Knows that trailers have begun. */
  private static final class Trailers extends Factory {
    private boolean begun;

    @Override
    public HttpHeaders newHeaders() {
      begun = true;
      return super.newHeaders();
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
