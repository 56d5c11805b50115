package whorl.collector.http.server;

import static org.assertj.core.api.Assertions.assertThat;

import com.code_intelligence.jazzer.junit.FuzzTest;
import io.netty.buffer.Unpooled;
import io.netty.channel.embedded.EmbeddedChannel;
import io.netty.handler.codec.http.HttpHeaderNames;
import io.netty.handler.codec.http.HttpObject;
import io.netty.handler.codec.http.HttpRequest;
import io.netty.handler.codec.http.HttpUtil;
import io.netty.util.ReferenceCountUtil;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;

/**
 * Decodes arbitrary bytes of a connection. The requests are the same however the bytes are split,
 * and no request has two conflicting lengths.
 */
class RequestDecoderFuzzTest {
  @FuzzTest
  void anyBytes_areTheSameRequestsInAnyPieces(byte[] input) {
    List<String> whole = read(input, input.length);
    assertThat(read(input, 1)).isEqualTo(whole);
  }

  private static List<String> read(byte[] input, int atOnce) {
    EmbeddedChannel channel =
        new EmbeddedChannel(new StrictRequestDecoder(EdgeLimits.Sizes.STANDARD));
    List<String> requests = new ArrayList<>();
    for (int at = 0; at < input.length; at += Math.max(1, atOnce)) {
      int end = Math.min(input.length, at + atOnce);
      channel.writeInbound(Unpooled.wrappedBuffer(Arrays.copyOfRange(input, at, end)));
    }
    for (Object read = channel.readInbound(); read != null; read = channel.readInbound()) {
      if (read instanceof HttpRequest request) {
        requests.add(describe(request));
      }
      boolean failed = read instanceof HttpObject object && object.decoderResult().isFailure();
      ReferenceCountUtil.release(read);
      if (failed) {
        requests.add("refused");
        break;
      }
    }
    channel.finishAndReleaseAll();
    return requests;
  }

  private static String describe(HttpRequest request) {
    if (request.decoderResult().isFailure()) {
      return "no request";
    }
    int lengths = request.headers().getAll(HttpHeaderNames.CONTENT_LENGTH).size();
    boolean chunked = HttpUtil.isTransferEncodingChunked(request);
    assertThat(lengths).isLessThanOrEqualTo(1);
    assertThat(chunked && lengths > 0).isFalse();
    return request.method() + " " + request.uri() + " " + request.headers().entries();
  }
}
