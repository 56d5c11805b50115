package whorl.collector.analysis.stack;

import java.util.List;

/** Prefixes of class names, grouped by their role on a stack. */
final class Places {
  /** The JDK. */
  static final List<String> JDK =
      List.of(
          "java.",
          "javax.crypto.",
          "javax.management.",
          "javax.naming.",
          "javax.net.",
          "javax.script.",
          "javax.security.",
          "javax.sql.",
          "javax.xml.",
          "jdk.",
          "sun.",
          "com.sun.");

  /** Servers where they dispatch a request to its handler. */
  static final List<String> DISPATCH =
      List.of(
          "org.apache.catalina.core.",
          "org.apache.catalina.connector.",
          "org.apache.catalina.valves.",
          "org.apache.coyote.",
          "org.eclipse.jetty.server.",
          "org.eclipse.jetty.servlet.",
          "org.eclipse.jetty.ee",
          "org.eclipse.jetty.security.",
          "org.eclipse.jetty.websocket.",
          "io.undertow.server.",
          "io.undertow.servlet.",
          "io.netty.channel.",
          "io.vertx.core.",
          "reactor.netty.",
          "com.sun.net.httpserver.",
          "sun.net.httpserver.",
          "javax.servlet.",
          "jakarta.servlet.",
          "org.springframework.web.servlet.FrameworkServlet.",
          "org.springframework.web.servlet.DispatcherServlet.",
          "org.springframework.web.filter.");

  /** Parts of the JDK that open a file, class or program for their caller. */
  static final List<String> PLUMBING =
      List.of(
          "java.io.",
          "java.nio.",
          "java.lang.",
          "java.net.URL",
          "java.util.zip.",
          "java.util.jar.",
          "java.util.Scanner.",
          "java.util.Properties.",
          "java.util.concurrent.",
          "java.util.stream.",
          "java.security.AccessController.",
          "java.util.Formatter",
          "jdk.internal.loader.",
          "jdk.internal.misc.",
          "jdk.internal.reflect.",
          "jdk.nio.zipfs.",
          "sun.misc.",
          "sun.nio.",
          "sun.reflect.",
          "sun.net.www.",
          "com.sun.org.apache.xerces.",
          "org.apache.xerces.",
          "javax.xml.");

  /** Reflective calls. */
  static final List<String> REFLECTION =
      List.of("java.lang.reflect.", "jdk.internal.reflect.", "sun.reflect.");

  /** Servers where they read their own files. */
  static final List<String> SERVER =
      List.of(
          "org.apache.catalina.",
          "org.apache.tomcat.",
          "org.apache.jasper.",
          "org.eclipse.jetty.",
          "io.undertow.",
          "org.jboss.",
          "org.wildfly.",
          "org.glassfish.",
          "com.sun.enterprise.",
          "fish.payara.",
          "com.ibm.ws.",
          "weblogic.");

  /** Servers where they unpack an application. */
  static final List<String> DEPLOYERS =
      List.of(
          "org.apache.catalina.startup.",
          "org.eclipse.jetty.deploy.",
          "org.eclipse.jetty.webapp.",
          "org.eclipse.jetty.ee",
          "org.jboss.as.",
          "org.jboss.vfs.",
          "org.glassfish.",
          "com.sun.enterprise.",
          "fish.payara.",
          "com.ibm.ws.",
          "weblogic.");

  /** Compilers of server pages. */
  static final List<String> PAGE_COMPILER =
      List.of(
          "org.apache.jasper.compiler.",
          "org.apache.jasper.JspCompilationContext.",
          "org.apache.jasper.servlet.JspServletWrapper.",
          "org.glassfish.wasp.compiler.",
          "org.glassfish.wasp.JspCompilationContext.");

  /** Classes that page compilers generate. */
  static final List<String> PAGES = List.of("org.apache.jsp.", "jsp_servlet.", "_jsp.");

  private Places() {}
}
