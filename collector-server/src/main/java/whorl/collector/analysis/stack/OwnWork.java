package whorl.collector.analysis.stack;

import java.util.List;
import java.util.Set;
import org.jspecify.annotations.Nullable;
import whorl.collector.analysis.stack.Frames.Frame;

/** Tells what the JDK, the server or a library did for itself and not because a text said so. */
public final class OwnWork {
  /** Parts of the JDK that open files of their own accord. */
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

  /** Libraries that make classes in good faith, by the frames that define these. */
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

  /** Whose expressions are written in the application or by them, as annotations and templates. */
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

  /** Whether any of what follows did it. */
  public static boolean any(Frames frames, Set<String> foreign) {
    return jdkReads(frames, foreign)
        || compilesPage(frames, foreign)
        || generates(frames, foreign)
        || startsUp(frames, foreign)
        || ownsExpression(frames, foreign);
  }

  /** Whether the JDK opened the file of this stack by itself. */
  public static boolean jdkReads(Frames frames, Set<String> foreign) {
    Frame opener = opener(frames, foreign);
    return opener != null && !foreign.contains(opener.type()) && opener.startsWithAny(JDK_READERS);
  }

  /** Whether the server read what belongs to it, such as a web application's descriptor. */
  public static boolean serverReads(Frames frames, Set<String> foreign) {
    Frame opener = opener(frames, foreign);
    return opener != null
        && !foreign.contains(opener.type())
        && opener.startsWithAny(Places.SERVER);
  }

  /** Whether the server unpacks an application. */
  public static boolean deploys(Frames frames, Set<String> foreign) {
    return frames.all().stream()
        .anyMatch(
            frame -> frame.startsWithAny(Places.DEPLOYERS) && !foreign.contains(frame.type()));
  }

  /** Whether the compiler of server pages is at work. */
  public static boolean compilesPage(Frames frames, Set<String> foreign) {
    for (Frame frame : frames.own(foreign)) {
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
   * Whether a library known for making classes made the class of this stack. It counts only where
   * its frames call one another: whoever calls one of them by reflection brings bytes of its own.
   */
  public static boolean generates(Frames frames, Set<String> foreign) {
    String generator = null;
    boolean defines = false;
    for (Frame frame : frames.all()) {
      if (foreign.contains(frame.type())) {
        return false;
      }
      if (generator == null) {
        generator = beginning(GENERATORS, frame);
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

  /** On the way from whoever wants a class defined down to the JVM. */
  private static boolean isDefinition(Frame frame) {
    return frame.startsWith("java.lang.")
        || frame.startsWith("java.security.")
        || frame.startsWith("sun.instrument.")
        || frame.startsWith("java.net.URLClassLoader")
        || frame.startsWith("jdk.internal.")
        || frame.startsWith("sun.misc.")
        || frame.startsWith("sun.reflect.");
  }

  /** Whether the JVM starts an agent that its command line names. */
  public static boolean startsNamedAgent(Frames frames) {
    return frames.has("sun.instrument.InstrumentationImpl.loadClassAndCallPremain");
  }

  /**
   * Whether a library only sets itself up: its class is being initialised, and all within are the
   * JDK's or its own.
   */
  public static boolean startsUp(Frames frames, Set<String> foreign) {
    Library its = null;
    for (Frame frame : frames.all()) {
      if (foreign.contains(frame.type())) {
        return false;
      }
      Library library = Library.of(frame);
      if (library != null && (its == null || its == library)) {
        its = library;
        if (frame.initializes()) {
          return true;
        }
      } else if (!frame.startsWithAny(Places.JDK)) {
        return false;
      }
    }
    return false;
  }

  /**
   * Whether the expression is one that a framework evaluates for its own annotation or template.
   */
  public static boolean ownsExpression(Frames frames, Set<String> foreign) {
    for (Frame frame : frames.own(foreign)) {
      if (foreign.contains(frame.type())) {
        return false;
      }
      if (frame.startsWithAny(EXPRESSION_OWNERS)) {
        return true;
      }
      Library library = Library.of(frame);
      boolean engine = library != null && library.way().isEvaluation();
      if (!engine && !frame.startsWithAny(Places.JDK)) {
        return false;
      }
    }
    return false;
  }

  /** Who opened the file: the first frame that does not do so for others. */
  private static @Nullable Frame opener(Frames frames, Set<String> foreign) {
    for (Frame frame : frames.all()) {
      boolean passes = frame.startsWithAny(Places.PLUMBING) && !frame.startsWithAny(JDK_READERS);
      if (foreign.contains(frame.type()) || !passes) {
        return frame;
      }
    }
    return null;
  }

  private static @Nullable String beginning(List<String> all, Frame frame) {
    for (String each : all) {
      if (frame.startsWith(each)) {
        return each;
      }
    }
    return null;
  }
}
