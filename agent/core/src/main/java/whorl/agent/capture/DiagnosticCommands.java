package whorl.agent.capture;

import java.io.IOException;
import java.lang.reflect.InvocationTargetException;
import java.lang.reflect.Method;

/**
 * HotSpot's diagnostic commands, called where {@code DiagnosticCommandImpl} of jdk.management calls
 * them. Not through the MBean: that needs the platform's MBean server, which an application may
 * want to be the first to make.
 */
final class DiagnosticCommands {
  private static final String MODULE = "jdk.management";
  private static final String PACKAGE = "com.sun.management.internal";

  private final PackageOpener opener;

  DiagnosticCommands(PackageOpener opener) {
    this.opener = opener;
  }

  /**
   * The text that {@code jcmd} would print, in memory as a whole: for commands whose output is
   * small.
   *
   * @throws IOException with the reason why the command cannot be had
   */
  String run(String command) throws IOException {
    if (ModuleLayer.boot().findModule(MODULE).isEmpty()) {
      throw new IOException("this Java image has no " + MODULE);
    }
    try {
      opener.open(MODULE, PACKAGE);
      // Its initialiser loads the native library.
      Class.forName(PACKAGE + ".PlatformMBeanProviderImpl", true, null);
      Class<?> commands = Class.forName(PACKAGE + ".DiagnosticCommandImpl", true, null);
      Method instance = commands.getDeclaredMethod("getDiagnosticCommandMBean");
      instance.setAccessible(true);
      Method execute = commands.getDeclaredMethod("executeDiagnosticCommand", String.class);
      execute.setAccessible(true);
      Object text = execute.invoke(instance.invoke(null), command);
      return text == null ? "" : (String) text;
    } catch (InvocationTargetException e) {
      throw new IOException(command + ": " + e.getCause(), e);
    } catch (ReflectiveOperationException | RuntimeException | LinkageError e) {
      throw new IOException(command + " cannot be reached in this JVM: " + e, e);
    }
  }
}
