package whorl.agent.hook.http;

import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.util.List;
import org.jspecify.annotations.Nullable;
import whorl.agent.hook.weave.Hook;

/** The hooks of all kinds of HTTP server. */
public final class HttpHooks {
  /** The hooks' word in {@code hooks.disabled}. */
  public static final String GROUP = "http";

  static final String FORWARDED_FOR = "X-Forwarded-For";
  static final String USER_AGENT = "User-Agent";

  static final String CONTENT_LENGTH = "Content-Length";

  private static final int NUMBER_MAX_CHARS = 32;

  private HttpHooks() {}

  /** One hook for each kind of server; hooks of absent servers cost nothing. */
  public static List<Hook> of(Requests requests) {
    return List.of(
        new TomcatHook(requests),
        new JdkServerHook(requests),
        new JettyHook(requests),
        new Jetty12Hook(requests),
        new UndertowHook(requests),
        new ReactorNettyHook(requests),
        new VertxHook(requests));
  }

  /** The address as text, without a look-up of its name. */
  static @Nullable String address(@Nullable Object socketAddress) {
    if (!(socketAddress instanceof InetSocketAddress internet)) {
      return null;
    }
    InetAddress address = internet.getAddress();
    return address == null ? internet.getHostString() : address.getHostAddress();
  }

  /** The number in a header; a long text is none, and the exception for it would have it whole. */
  static @Nullable Long number(@Nullable String text) {
    try {
      return text == null || text.length() > NUMBER_MAX_CHARS ? null : Long.valueOf(text.strip());
    } catch (NumberFormatException none) {
      return null;
    }
  }
}
