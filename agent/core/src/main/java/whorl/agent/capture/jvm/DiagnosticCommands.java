package whorl.agent.capture.jvm;

import java.io.IOException;
import java.lang.reflect.InvocationTargetException;
import java.lang.reflect.Method;
import java.nio.file.Path;

/**
 * Runs HotSpot's diagnostic commands through the same internal methods as {@code
 * DiagnosticCommandImpl} of jdk.management. The MBean is not used: it needs the platform's MBean
 * server, which an application may want to create itself.
 */
public final class DiagnosticCommands {
  private static final String MODULE = "jdk.management";
  private static final String PACKAGE = "com.sun.management.internal";

  private final PackageOpener opener;

  public DiagnosticCommands(PackageOpener opener) {
    this.opener = opener;
  }

  /**
   * Returns the text that {@code jcmd} would print, as a whole in memory; only for commands with
   * small output.
   *
   * @throws IOException with the reason if the command is not available
   */
  String run(String command) throws IOException {
    try {
      Class<?> commands = load("DiagnosticCommandImpl");
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

  /**
   * Writes the heap, garbage included, into a file that must not exist yet.
   *
   * @param file its name ends in {@code .hprof}
   * @throws IOException if it cannot be written completely; a part of it may be left
   */
  public void dumpHeap(Path file) throws IOException {
    try {
      Class<?> diagnostic = load("HotSpotDiagnostic");
      Method dump = diagnostic.getMethod("dumpHeap", String.class, boolean.class);
      dump.setAccessible(true);
      dump.invoke(diagnostic.getConstructor().newInstance(), file.toString(), false);
    } catch (InvocationTargetException e) {
      throw new IOException("the heap cannot be written to " + file + ": " + e.getCause(), e);
    } catch (ReflectiveOperationException | RuntimeException | LinkageError e) {
      throw new IOException("the heap cannot be dumped in this JVM: " + e, e);
    }
  }

  private Class<?> load(String name) throws IOException, ClassNotFoundException {
    if (ModuleLayer.boot().findModule(MODULE).isEmpty()) {
      throw new IOException("this Java image has no " + MODULE);
    }
    opener.open(MODULE, PACKAGE);
    // Its initialiser loads the native library.
    Class.forName(PACKAGE + ".PlatformMBeanProviderImpl", true, null);
    return Class.forName(PACKAGE + "." + name, true, null);
  }
}
