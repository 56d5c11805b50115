package whorl.collector.notify.targets;

import io.netty.bootstrap.Bootstrap;
import io.netty.buffer.Unpooled;
import io.netty.channel.Channel;
import io.netty.channel.ChannelHandlerContext;
import io.netty.channel.ChannelInitializer;
import io.netty.channel.ChannelOption;
import io.netty.channel.EventLoopGroup;
import io.netty.channel.MultiThreadIoEventLoopGroup;
import io.netty.channel.SimpleChannelInboundHandler;
import io.netty.channel.nio.NioIoHandler;
import io.netty.channel.socket.nio.NioSocketChannel;
import io.netty.handler.codec.http.DefaultFullHttpRequest;
import io.netty.handler.codec.http.FullHttpRequest;
import io.netty.handler.codec.http.HttpClientCodec;
import io.netty.handler.codec.http.HttpContent;
import io.netty.handler.codec.http.HttpHeaderNames;
import io.netty.handler.codec.http.HttpHeaderValues;
import io.netty.handler.codec.http.HttpMethod;
import io.netty.handler.codec.http.HttpObject;
import io.netty.handler.codec.http.HttpResponse;
import io.netty.handler.codec.http.HttpStatusClass;
import io.netty.handler.codec.http.HttpVersion;
import io.netty.handler.codec.http.LastHttpContent;
import io.netty.handler.ssl.SslHandler;
import io.netty.util.concurrent.DefaultThreadFactory;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.URI;
import java.net.http.HttpRequest;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import javax.net.ssl.SNIHostName;
import javax.net.ssl.SSLContext;
import javax.net.ssl.SSLEngine;
import javax.net.ssl.SSLParameters;
import org.jspecify.annotations.Nullable;

/**
 * Posts to an address that was checked before. The JDK's client finds the address of a name itself,
 * and who controls the name could answer with another one than was checked (DNS rebinding). Each
 * exchange has a connection of its own, and ends with it. Thread-safe.
 */
final class PinnedHttp {
  private static final int LINE_MAX = 4 << 10;
  private static final int HEADERS_MAX = 16 << 10;
  private static final int CHUNK_MAX = 8 << 10;
  private static final int HTTPS = 443;
  private static final int HTTP = 80;

  private final Duration connect;
  private final Duration whole;
  private final int answerMaxBytes;

  /**
   * @param connect limit for the connection
   * @param whole limit for all of an exchange
   * @param answerMaxBytes the rest of an answer is not read
   */
  PinnedHttp(Duration connect, Duration whole, int answerMaxBytes) {
    this.connect = connect;
    this.whole = whole;
    this.answerMaxBytes = answerMaxBytes;
  }

  /** One thread for all exchanges, which begins with the first. */
  private static final class Loop {
    static final EventLoopGroup GROUP =
        new MultiThreadIoEventLoopGroup(
            1, new DefaultThreadFactory("whorl-notify-http", true), NioIoHandler.newFactory());

    private Loop() {}
  }

  /**
   * An answer.
   *
   * @param body its first bytes
   */
  record Answer(int status, @Nullable String retryAfter, byte[] body) {}

  /**
   * Sends a request.
   *
   * @param request with the URL and the headers; its body is {@code body}
   * @param address of the URL's host, checked
   * @throws IOException if there is no answer in time
   */
  Answer send(HttpRequest request, byte[] body, InetAddress address, SSLContext tls)
      throws IOException {
    URI url = request.uri();
    boolean encrypted = "https".equalsIgnoreCase(url.getScheme());
    int port = url.getPort() >= 0 ? url.getPort() : encrypted ? HTTPS : HTTP;
    Exchange exchange = new Exchange(message(request, body), answerMaxBytes);
    Channel channel =
        new Bootstrap()
            .group(Loop.GROUP)
            .channel(NioSocketChannel.class)
            .option(ChannelOption.CONNECT_TIMEOUT_MILLIS, (int) connect.toMillis())
            .handler(
                new ChannelInitializer<Channel>() {
                  @Override
                  protected void initChannel(Channel opened) {
                    if (encrypted) {
                      opened.pipeline().addLast(new SslHandler(engine(tls, host(url), port)));
                    }
                    opened
                        .pipeline()
                        .addLast(new HttpClientCodec(LINE_MAX, HEADERS_MAX, CHUNK_MAX))
                        .addLast(exchange);
                  }
                })
            .connect(new InetSocketAddress(address, port))
            .addListener(
                connected -> {
                  if (!connected.isSuccess()) {
                    exchange.fail(connected.cause());
                  }
                })
            .channel();
    try {
      return exchange.answer.get(whole.toMillis(), TimeUnit.MILLISECONDS);
    } catch (TimeoutException e) {
      throw new IOException("no answer within " + whole.toSeconds() + " s", e);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw new IOException("interrupted", e);
    } catch (ExecutionException e) {
      Throwable cause = e.getCause() == null ? e : e.getCause();
      String why = cause.getMessage() == null ? cause.toString() : cause.getMessage();
      throw new IOException("no answer: " + why, e);
    } finally {
      channel.close();
    }
  }

  /** The host of a URL, an IPv6 address without its brackets. */
  private static String host(URI url) {
    String host = url.getHost();
    return host.startsWith("[") ? host.substring(1, host.length() - 1) : host;
  }

  /** TLS with the name of the URL, which the certificate must have too. */
  private static SSLEngine engine(SSLContext tls, String host, int port) {
    SSLEngine engine = tls.createSSLEngine(host, port);
    engine.setUseClientMode(true);
    SSLParameters parameters = engine.getSSLParameters();
    parameters.setEndpointIdentificationAlgorithm("HTTPS");
    if (!host.contains(":") && !host.matches("[0-9.]+")) {
      parameters.setServerNames(List.of(new SNIHostName(host)));
    }
    engine.setSSLParameters(parameters);
    return engine;
  }

  private static FullHttpRequest message(HttpRequest request, byte[] body) {
    URI url = request.uri();
    String path = url.getRawPath() == null || url.getRawPath().isEmpty() ? "/" : url.getRawPath();
    FullHttpRequest message =
        new DefaultFullHttpRequest(
            HttpVersion.HTTP_1_1,
            HttpMethod.POST,
            url.getRawQuery() == null ? path : path + "?" + url.getRawQuery(),
            Unpooled.wrappedBuffer(body));
    request.headers().map().forEach((name, values) -> message.headers().set(name, values));
    message
        .headers()
        .set(
            HttpHeaderNames.HOST,
            url.getPort() < 0 ? url.getHost() : url.getHost() + ":" + url.getPort())
        .set(HttpHeaderNames.CONNECTION, HttpHeaderValues.CLOSE)
        .setInt(HttpHeaderNames.CONTENT_LENGTH, body.length);
    return message;
  }

  /** Sends the request when the connection is there, and takes the first bytes of the answer. */
  private static final class Exchange extends SimpleChannelInboundHandler<HttpObject> {
    final CompletableFuture<Answer> answer = new CompletableFuture<>();
    private final FullHttpRequest request;
    private final int maxBytes;
    private final ByteArrayOutputStream body = new ByteArrayOutputStream();
    private int status;
    private @Nullable String retryAfter;

    Exchange(FullHttpRequest request, int maxBytes) {
      this.request = request;
      this.maxBytes = maxBytes;
    }

    void fail(Throwable why) {
      answer.completeExceptionally(why);
    }

    @Override
    public void channelActive(ChannelHandlerContext context) {
      context.writeAndFlush(request).addListener(sent -> ended(sent.cause()));
    }

    private void ended(@Nullable Throwable why) {
      if (why != null) {
        fail(why);
      }
    }

    @Override
    protected void channelRead0(ChannelHandlerContext context, HttpObject part) {
      if (part.decoderResult().isFailure()) {
        fail(new IOException("it sent what is no HTTP"));
        return;
      }
      if (part instanceof HttpResponse head) {
        status =
            head.status().codeClass() == HttpStatusClass.INFORMATIONAL ? 0 : head.status().code();
        retryAfter = head.headers().get(HttpHeaderNames.RETRY_AFTER);
      }
      if (status != 0 && part instanceof HttpContent content) {
        byte[] bytes =
            new byte[Math.min(content.content().readableBytes(), maxBytes - body.size())];
        content.content().readBytes(bytes);
        body.writeBytes(bytes);
        if (body.size() >= maxBytes || part instanceof LastHttpContent) {
          answer.complete(new Answer(status, retryAfter, body.toByteArray()));
          context.close();
        }
      }
    }

    @Override
    public void channelInactive(ChannelHandlerContext context) {
      fail(new IOException("the connection ended before the answer"));
    }

    @Override
    public void exceptionCaught(ChannelHandlerContext context, Throwable why) {
      fail(why.getCause() == null ? why : why.getCause());
      context.close();
    }
  }
}
