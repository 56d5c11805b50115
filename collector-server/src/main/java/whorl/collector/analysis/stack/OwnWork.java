package whorl.collector.analysis.stack;

import java.util.List;
import java.util.Set;
import org.jspecify.annotations.Nullable;
import whorl.collector.analysis.stack.Frames.Frame;

/**
 * Recognises work that the JDK, the server or a library does for itself and not because a text asks
 * for it.
 */
public final class OwnWork {
  /** Parts of the JDK that open files for themselves. */
  private static final List<String> JDK_READERS =
      List.of(
          "jdk.internal.platform.",
          "jdk.internal.net.",
          "jdk.internal.util.",
          "jdk.internal.vm.",
          "jdk.internal.agent.",
          "jdk.internal.icu.",
          "jdk.internal.jrtfs.",
          "jdk.internal.jimage.",
          "jdk.internal.module.",
          "jdk.jfr.",
          "jdk.management.",
          "sun.management.",
          "com.sun.management.",
          "java.lang.management.",
          "javax.management.",
          "sun.security.",
          "com.sun.crypto.",
          "com.sun.security.",
          "javax.net.ssl.",
          "javax.crypto.",
          "java.security.KeyStore",
          "java.security.Provider",
          "java.security.SecureRandom",
          "java.security.Security.",
          "java.security.cert.",
          "java.util.Currency",
          "java.util.TimeZone",
          "java.util.logging.",
          "java.util.prefs.",
          "java.time.zone.",
          "sun.util.",
          "java.net.InetAddress",
          "java.net.Inet",
          "sun.net.dns.",
          "sun.net.spi.",
          "sun.net.PortConfig",
          "sun.net.ftp.",
          "sun.font.",
          "sun.awt.",
          "sun.launcher.",
          "sun.instrument.",
          "sun.jvmstat.",
          "sun.tools.",
          "com.sun.tools.attach.",
          "com.sun.jndi.",
          "javax.naming.");

  /** Libraries that legitimately generate classes, by the frames that define these. */
  private static final List<String> GENERATORS =
      List.of(
          "org.apache.jasper.",
          "org.glassfish.wasp.",
          "org.apache.derby.impl.services.",
          "freemarker.ext.",
          "freemarker.core.",
          "org.eclipse.sisu.",
          "org.sonatype.guice.",
          "com.google.inject.",
          "org.apache.felix.framework.",
          "org.eclipse.osgi.",
          "org.mvel2.",
          "org.drools.",
          "org.kie.",
          "net.bytebuddy.",
          "org.mockito.",
          "io.opentelemetry.javaagent.",
          "datadog.trace.",
          "co.elastic.apm.agent.",
          "org.hibernate.bytecode.",
          "org.apache.spark.sql.catalyst.",
          "org.codehaus.janino.",
          "org.codehaus.commons.compiler.",
          "io.quarkus.",
          "io.micronaut.",
          "org.jboss.weld.",
          "org.jboss.invocation.",
          "org.apache.openejb.",
          "org.apache.webbeans.",
          "com.fasterxml.jackson.module.",
          "org.apache.lucene.expressions.",
          "scala.tools.",
          "scala.reflect.");

  /**
   * Frameworks that evaluate expressions of annotations and templates, which the application's or
   * the framework's authors wrote.
   */
  private static final List<String> EXPRESSION_OWNERS =
      List.of(
          "org.springframework.cache.",
          "org.springframework.security.access.",
          "org.springframework.security.authorization.",
          "org.springframework.security.web.access.",
          "org.springframework.context.event.",
          "org.springframework.context.expression.",
          "org.springframework.beans.factory.",
          "org.springframework.scheduling.",
          "org.drools.",
          "org.kie.",
          "org.jbpm.");

  private OwnWork() {}

  /** True if one of the cases below applies. */
  public static boolean isAny(Frames frames, Set<String> foreign) {
    return jdkReads(frames, foreign)
        || compilesPage(frames, foreign)
        || generates(frames, foreign)
        || initializes(frames, foreign)
        || ownsExpression(frames, foreign);
  }

  /** True if the JDK opened the file for itself. */
  public static boolean jdkReads(Frames frames, Set<String> foreign) {
    Frame opener = opener(frames, foreign);
    return opener != null && !foreign.contains(opener.type()) && opener.startsWithAny(JDK_READERS);
  }

  /** True if the server read its own file, such as a web application's descriptor. */
  public static boolean serverReads(Frames frames, Set<String> foreign) {
    Frame opener = opener(frames, foreign);
    return opener != null
        && !foreign.contains(opener.type())
        && opener.startsWithAny(Places.SERVER);
  }

  /** True if the server unpacks an application. */
  public static boolean deploys(Frames frames, Set<String> foreign) {
    return frames.list().stream()
        .anyMatch(
            frame -> frame.startsWithAny(Places.DEPLOYERS) && !foreign.contains(frame.type()));
  }

  /** True if the compiler of server pages is running. */
  public static boolean compilesPage(Frames frames, Set<String> foreign) {
    for (Frame frame : frames.beforeDispatch(foreign)) {
      if (foreign.contains(frame.type()) || frame.startsWithAny(Places.PAGES)) {
        return false;
      }
      if (frame.startsWithAny(Places.PAGE_COMPILER)) {
        return true;
      }
    }
    return false;
  }

  /**
   * True if a known generator defined the class. At least two of its frames must call each other
   * without reflection: code that calls one of them by reflection supplies its own bytes.
   */
  public static boolean generates(Frames frames, Set<String> foreign) {
    String generator = null;
    boolean defines = false;
    for (Frame frame : frames.list()) {
      if (foreign.contains(frame.type())) {
        return false;
      }
      if (generator == null) {
        generator = matchingPrefix(GENERATORS, frame);
        defines |= frame.method().startsWith("define");
        if (generator == null ? !isDefinition(frame) : !defines) {
          return false;
        }
      } else if (frame.startsWith(generator)) {
        return true;
      } else if (frame.startsWithAny(Places.REFLECTION) || !frame.startsWithAny(Places.JDK)) {
        return false;
      }
    }
    return false;
  }

  /** True if the frame lies between the caller that defines a class and the JVM. */
  private static boolean isDefinition(Frame frame) {
    return frame.startsWith("java.lang.")
        || frame.startsWith("java.security.")
        || frame.startsWith("sun.instrument.")
        || frame.startsWith("java.net.URLClassLoader")
        || frame.startsWith("jdk.internal.")
        || frame.startsWith("sun.misc.")
        || frame.startsWith("sun.reflect.");
  }

  /** True if the JVM starts an agent from its command line. */
  public static boolean startsNamedAgent(Frames frames) {
    return frames.has("sun.instrument.InstrumentationImpl.loadClassAndCallPremain");
  }

  /**
   * True if a library initializes itself: its class is being initialized, and all inner frames
   * belong to the JDK or to the library.
   */
  public static boolean initializes(Frames frames, Set<String> foreign) {
    Library initializing = null;
    for (Frame frame : frames.list()) {
      if (foreign.contains(frame.type())) {
        return false;
      }
      Library library = Library.of(frame);
      if (library != null && (initializing == null || initializing == library)) {
        initializing = library;
        if (frame.initializes()) {
          return true;
        }
      } else if (!frame.startsWithAny(Places.JDK)) {
        return false;
      }
    }
    return false;
  }

  /** True if a framework evaluates the expression for its own annotation or template. */
  public static boolean ownsExpression(Frames frames, Set<String> foreign) {
    for (Frame frame : frames.beforeDispatch(foreign)) {
      if (foreign.contains(frame.type())) {
        return false;
      }
      if (frame.startsWithAny(EXPRESSION_OWNERS)) {
        return true;
      }
      Library library = Library.of(frame);
      boolean engine = library != null && library.mechanism().isEvaluation();
      if (!engine && !frame.startsWithAny(Places.JDK)) {
        return false;
      }
    }
    return false;
  }

  /** Returns the frame that opened the file: the first one that does not open files for others. */
  private static @Nullable Frame opener(Frames frames, Set<String> foreign) {
    for (Frame frame : frames.list()) {
      boolean isPlumbing =
          frame.startsWithAny(Places.PLUMBING) && !frame.startsWithAny(JDK_READERS);
      if (foreign.contains(frame.type()) || !isPlumbing) {
        return frame;
      }
    }
    return null;
  }

  private static @Nullable String matchingPrefix(List<String> prefixes, Frame frame) {
    for (String prefix : prefixes) {
      if (frame.startsWith(prefix)) {
        return prefix;
      }
    }
    return null;
  }
}
