package whorl.agent.classes;

import java.util.Set;

/** Names of types that serve requests. */
final class WebTypes {
  /** The types that an in-memory web shell extends or implements. */
  static final Set<String> SERVING =
      Set.of(
          "javax.servlet.Servlet",
          "jakarta.servlet.Servlet",
          "javax.servlet.Filter",
          "jakarta.servlet.Filter",
          "javax.servlet.ServletRequestListener",
          "jakarta.servlet.ServletRequestListener",
          "org.apache.catalina.Valve",
          "org.apache.coyote.UpgradeProtocol",
          "javax.websocket.Endpoint",
          "jakarta.websocket.Endpoint",
          "org.springframework.web.servlet.HandlerInterceptor",
          "org.springframework.web.servlet.HandlerMapping",
          "org.springframework.web.servlet.mvc.Controller",
          "org.springframework.web.server.WebFilter",
          "org.springframework.web.server.WebHandler",
          "org.eclipse.jetty.server.Handler",
          "io.undertow.server.HttpHandler",
          "io.netty.channel.ChannelHandler",
          "com.sun.net.httpserver.HttpHandler",
          "com.sun.net.httpserver.Filter");

  private static final String[] FRAMEWORKS = {
    "org.apache.catalina.",
    "org.apache.coyote.",
    "org.apache.tomcat.",
    "javax.servlet.",
    "jakarta.servlet.",
    "org.springframework.web.",
    "org.eclipse.jetty.",
    "io.undertow.",
    "io.netty.",
    "reactor.netty.",
    "sun.net.httpserver.",
    "com.sun.net.httpserver."
  };

  private WebTypes() {}

  /** True if the class belongs to a framework that requests pass through. */
  static boolean isFramework(String className) {
    for (String framework : FRAMEWORKS) {
      if (className.startsWith(framework)) {
        return true;
      }
    }
    return false;
  }
}
