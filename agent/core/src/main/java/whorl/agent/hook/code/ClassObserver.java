package whorl.agent.hook.code;

import java.security.ProtectionDomain;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import org.jspecify.annotations.Nullable;
import whorl.agent.config.MemoryBudget;
import whorl.agent.event.CodeReports;
import whorl.agent.event.EventSink;
import whorl.agent.event.request.CurrentRequest;
import whorl.agent.hook.weave.ClassFacts;

/**
 * Reports each class that is loaded, and passes on the bytes of generated classes. A class counts
 * as generated if its loader gives no source for it, or if something other than a class loader
 * defined it.
 */
public final class ClassObserver {
  private static final String LOADER = "loader";
  private static final int PACKAGES_MAX = MemoryBudget.OF_THIS_JVM.entries(4096);
  private static final ClassLoader PLATFORM = ClassLoader.getPlatformClassLoader();

  private final EventSink sink;
  private final GeneratedClasses generated;
  private final Redefinitions redefinitions;
  private final CodeSourceTexts codeSources = new CodeSourceTexts();
  private final StartupPhase startupPhase;

  /** While the application starts: packages, each with the source of its last class. */
  private final Map<String, String> packages = new ConcurrentHashMap<>();

  public ClassObserver(
      EventSink sink,
      GeneratedClasses generated,
      Redefinitions redefinitions,
      StartupPhase startupPhase) {
    this.sink = sink;
    this.startupPhase = startupPhase;
    this.generated = generated;
    this.redefinitions = redefinitions;
  }

  /**
   * A loaded class is being changed on this thread.
   *
   * @param bytes the new class file, or the current one if transformers are only called again
   */
  public void changed(Class<?> type, byte[] bytes) {
    DefinitionStack stack = DefinitionStack.here();
    DefinitionStack.Change change = stack.change();
    if (change == DefinitionStack.Change.JDK) {
      return;
    }
    String by = stack.changer();
    boolean replaced = change == DefinitionStack.Change.REPLACED;
    redefinitions.note(type, by, replaced);
    if (replaced) {
      generated.defined(
          type.getName(), ClassFacts.loader(type), GeneratedClasses.AGENT, bytes, false);
    }
  }

  /**
   * A class is being defined on this thread.
   *
   * @param name internal, with slashes
   */
  public void loaded(
      @Nullable ClassLoader loader, String name, @Nullable ProtectionDomain domain, byte[] bytes) {
    String codeSource = codeSources.of(domain);
    boolean examined = startupPhase.isOver() || CurrentRequest.get() != null;
    if (startupPhase.isOver()) {
      String className = name.replace('/', '.');
      if (loader == null && sink.records() && EventWriting.isUnderWay()) {
        CodeReports.classLoadedPastRecording(sink, className, Loaders.text(null), codeSource);
      } else {
        CodeReports.classLoaded(sink, className, Loaders.text(loader), codeSource);
      }
    } else {
      sink.emitLoadAtStart(name, Loaders.text(loader), codeSource);
    }
    if (examined
        || loader != null && (codeSource == null || !isCoveredByPackage(name, codeSource))) {
      examine(loader, name, codeSource, bytes, examined);
    }
  }

  /**
   * Finds out how the class is defined. Code can make any loader define a class, including the
   * loaders of the JDK's own classes.
   *
   * @param compared true if the bytes are to be compared with the class file at the named source
   */
  private void examine(
      @Nullable ClassLoader loader,
      String name,
      @Nullable String codeSource,
      byte[] bytes,
      boolean compared) {
    String origin = DefinitionOrigin.of(loader);
    if (!origin.equals(DefinitionOrigin.ORDINARY)) {
      generated.defined(name.replace('/', '.'), loader, origin, bytes, false);
    } else if (loader == null || loader == PLATFORM) {
      // The JDK itself read the class from its own image.
      return;
    } else if (codeSource == null) {
      if (!isReflectionAccessor(loader)) {
        generated.defined(name.replace('/', '.'), loader, LOADER, bytes, false);
      }
    } else if (compared) {
      generated.named(name.replace('/', '.'), loader, codeSource, bytes);
    }
  }

  /**
   * True if another class of the package came from the same source while the application starts.
   * Finding out how a class is defined takes a walk of the whole stack. That is worth it for each
   * class of a running application; during startup the first class of a package from one source
   * stands for all.
   */
  private boolean isCoveredByPackage(String name, String codeSource) {
    String packageName = name.substring(0, Math.max(0, name.lastIndexOf('/')));
    if (codeSource.equals(packages.get(packageName))) {
      return true;
    }
    if (packages.size() < PACKAGES_MAX) {
      packages.put(packageName, codeSource);
    }
    return false;
  }

  private static boolean isReflectionAccessor(ClassLoader loader) {
    Class<?> type = loader.getClass();
    return ClassFacts.isOfBootLoader(type)
        && type.getName().equals("jdk.internal.reflect.DelegatingClassLoader");
  }
}
