package whorl.agent.hook.system;

import static whorl.agent.hook.weave.HookPoint.point;
import static whorl.agent.hook.weave.JoinPoint.entry;
import static whorl.agent.hook.weave.Operand.argument;

import java.util.List;
import java.util.Map;
import java.util.concurrent.atomic.AtomicLong;
import org.jspecify.annotations.Nullable;
import whorl.agent.event.CodeReports;
import whorl.agent.event.EventSink;
import whorl.agent.event.request.CurrentRequest;
import whorl.agent.event.time.RateLimit;
import whorl.agent.hook.weave.Hook;
import whorl.agent.hook.weave.HookPoint;
import whorl.agent.hook.weave.ThreadState;

/**
 * Functions of native libraries that Java code looks up to call them (java.lang.foreign); no hook
 * observes what they do. Functions that can start a program, load code or change memory are always
 * reported. Others are reported if a request looks them up. The two have a rate limit each, so that
 * harmless ones cannot use up the limit of dangerous ones.
 */
public final class SymbolHook implements Hook {
  private static final String STRING = "(Ljava/lang/String;)";
  private static final String LOOKUP = "java/lang/foreign/SymbolLookup";
  private static final String LOADER_ARENA_STRING =
      "(Ljava/lang/ClassLoader;Ljava/lang/foreign/Arena;Ljava/lang/String;)";
  private static final int LOOKED_UP = 0;
  private static final int PER_SECOND = 20;
  private static final String[] DANGEROUS = {
    "system",
    "popen",
    "execve",
    "execv",
    "execvp",
    "execvpe",
    "execl",
    "execlp",
    "execle",
    "fexecve",
    "execveat",
    "fork",
    "vfork",
    "clone",
    "clone3",
    "posix_spawn",
    "posix_spawnp",
    "dlopen",
    "dlmopen",
    "dlopen_mode",
    "dlsym",
    "dlvsym",
    "ptrace",
    "process_vm_readv",
    "process_vm_writev",
    "mprotect",
    "memfd_create",
    "syscall",
    "prctl",
    "setuid",
    "setgid",
    "setns",
    "unshare",
    "chroot",
    "mount",
    "init_module",
    "finit_module",
    "kill",
    "JNI_GetCreatedJavaVMs",
    "gHotSpotVMStructs"
  };

  /** Prefixes, after underscores, of the names that the C library has for its own use. */
  private static final String[] PRIVATE = {"libc_", "IO_", "GI_"};

  private final EventSink sink;
  private final RateLimit dangerous = new RateLimit(PER_SECOND);
  private final RateLimit forRequests = new RateLimit(PER_SECOND);
  private final AtomicLong skipped = new AtomicLong();

  public SymbolHook(EventSink sink) {
    this.sink = sink;
  }

  @Override
  public String group() {
    return "library";
  }

  @Override
  public List<HookPoint> joinPoints() {
    return List.of(
        lookUp("jdk/internal/foreign/SystemLookup", "find", STRING, 0),
        lookUp("jdk/internal/loader/RawNativeLibraries$RawNativeLibraryImpl", "find", STRING, 0),
        // Libraries of the caller's class loader.
        lookUp(LOOKUP, "lambda$loaderLookup$0", LOADER_ARENA_STRING, 2),
        lookUp(LOOKUP, "lambda$loaderLookup$2", LOADER_ARENA_STRING, 2));
  }

  private static HookPoint lookUp(String owner, String method, String descriptor, int symbol) {
    return point(LOOKED_UP, entry(owner, method, descriptor, argument(symbol)).asOptional());
  }

  @Override
  public Map<String, Long> losses() {
    return Map.of(
        "symbols.rateLimited",
        dangerous.refused() + forRequests.refused(),
        "symbols.passedOver",
        skipped.get());
  }

  @Override
  public void observe(int at, @Nullable Object[] values, ThreadState thread) {
    if (!(values[0] instanceof String symbol)) {
      return;
    }
    boolean harmful = isDangerous(symbol);
    if (!harmful && CurrentRequest.get() == null) {
      skipped.incrementAndGet();
    } else if ((harmful ? dangerous : forRequests).admits(System.nanoTime())) {
      CodeReports.symbolLookedUp(sink, symbol);
    }
  }

  private static boolean isDangerous(String symbol) {
    int from = publicName(symbol);
    for (String name : DANGEROUS) {
      if (name.length() == symbol.length() - from && symbol.startsWith(name, from)) {
        return true;
      }
    }
    return false;
  }

  /** Where the public name begins in a private one, such as {@code __libc_system}. */
  private static int publicName(String symbol) {
    int from = 0;
    while (from < symbol.length() && symbol.charAt(from) == '_') {
      from++;
    }
    for (String prefix : PRIVATE) {
      if (from > 0 && symbol.startsWith(prefix, from)) {
        return from + prefix.length();
      }
    }
    return from;
  }
}
