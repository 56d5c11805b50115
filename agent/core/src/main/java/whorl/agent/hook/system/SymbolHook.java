package whorl.agent.hook.system;

import static whorl.agent.hook.weave.JoinPoint.entry;
import static whorl.agent.hook.weave.Operand.argument;

import java.util.List;
import java.util.Map;
import java.util.concurrent.atomic.AtomicLong;
import org.jspecify.annotations.Nullable;
import whorl.agent.event.CurrentRequest;
import whorl.agent.event.EventSink;
import whorl.event.EventType;
import whorl.agent.event.RateLimit;
import whorl.event.RequestContext;
import whorl.agent.hook.weave.Hook;
import whorl.agent.hook.weave.JoinPoint;
import whorl.agent.hook.weave.ThreadState;

/**
 * Functions of native libraries that Java code looks up to call them (java.lang.foreign); no hook
 * observes what they do. Functions that can start a program, load code or change memory are always
 * reported. Others are reported if a request looks them up. Both are limited to a rate.
 */
public final class SymbolHook implements Hook {
  private static final String STRING = "(Ljava/lang/String;)";
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
    "dlsym",
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
    "JNI_GetCreatedJavaVMs"
  };

  private final EventSink sink;
  private final RateLimit limit = new RateLimit(PER_SECOND);
  private final AtomicLong skipped = new AtomicLong();

  public SymbolHook(EventSink sink) {
    this.sink = sink;
  }

  @Override
  public String group() {
    return "library";
  }

  @Override
  public List<JoinPoint> joinPoints() {
    return List.of(
        entry("jdk/internal/foreign/SystemLookup", "find", STRING, argument(0)).asOptional(),
        entry(
                "jdk/internal/loader/RawNativeLibraries$RawNativeLibraryImpl",
                "find",
                STRING,
                argument(0))
            .asOptional(),
        // Libraries of the caller's class loader.
        entry(
                "java/lang/foreign/SymbolLookup",
                "lambda$loaderLookup$0",
                "(Ljava/lang/ClassLoader;Ljava/lang/foreign/Arena;Ljava/lang/String;)",
                argument(2))
            .asOptional(),
        entry(
                "java/lang/foreign/SymbolLookup",
                "lambda$loaderLookup$2",
                "(Ljava/lang/ClassLoader;Ljava/lang/foreign/Arena;Ljava/lang/String;)",
                argument(2))
            .asOptional());
  }

  @Override
  public Map<String, Long> losses() {
    return Map.of("symbols.rateLimited", limit.refused(), "symbols.passedOver", skipped.get());
  }

  @Override
  public void observe(int at, @Nullable Object[] values, ThreadState thread) {
    if (!(values[0] instanceof String symbol)) {
      return;
    }
    RequestContext request = CurrentRequest.get();
    if (!isDangerous(symbol) && request == null) {
      skipped.incrementAndGet();
    } else if (limit.admits(System.nanoTime())) {
      sink.emit(EventType.NATIVE_SYMBOL, symbol);
    }
  }

  private static boolean isDangerous(String symbol) {
    for (String dangerous : DANGEROUS) {
      if (dangerous.equals(symbol)) {
        return true;
      }
    }
    return false;
  }
}
