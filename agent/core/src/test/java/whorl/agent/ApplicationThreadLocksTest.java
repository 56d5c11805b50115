package whorl.agent;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.stream.Stream;
import net.bytebuddy.jar.asm.ClassReader;
import net.bytebuddy.jar.asm.ClassVisitor;
import net.bytebuddy.jar.asm.MethodVisitor;
import net.bytebuddy.jar.asm.Opcodes;
import org.junit.jupiter.api.Test;

/**
 * Checks that code on the application's threads takes no lock. A hook may run while its thread
 * holds any lock of the JDK, including a class initialisation lock; an agent thread that holds the
 * agent's lock may need that JDK lock next. Exceptions are listed here with the threads that run
 * them.
 */
class ApplicationThreadLocksTest {
  private static final List<Path> CLASSES =
      List.of(
          Path.of("target/classes"),
          Path.of("../event/target/classes"),
          Path.of("../rules/target/classes"));

  private static final List<String> PLACES =
      List.of(
          "whorl/agent/hook",
          "whorl/agent/event",
          "whorl/agent/console",
          "whorl/agent/rule",
          "whorl/event",
          "whorl/rules/correlate",
          "whorl/rules/engine",
          "whorl/rules/match",
          "whorl/agent/log",
          "whorl/agent/redact",
          "whorl/agent/alert/AlertDispatcher",
          "whorl/agent/alert/Journal");

  /** Methods that lock, and why no thread of the application waits there. */
  private static final Map<String, String> ON_AGENT_THREADS =
      Map.ofEntries(
          Map.entry(
              "whorl.agent.hook.end.EndHook.awaitListener",
              "the thread that ends the JVM waits on purpose, for a bounded time"),
          Map.entry("whorl.agent.log.AgentLog.lines", "read by captures and by the status"),
          Map.entry(
              "whorl.agent.rule.PushedRules.work", "the thread whorl-rules waits for messages"),
          Map.entry("whorl.agent.hook.code.GeneratedClasses.snapshot", "read by captures"),
          Map.entry("whorl.agent.hook.code.GeneratedClasses.bytes", "read by captures"),
          Map.entry(
              "whorl.agent.hook.code.GeneratedClasses.reportForged",
              "whorl-upkeep compares sources"),
          Map.entry(
              "whorl.agent.hook.code.GeneratedClasses.processWaiting", "whorl-upkeep and captures"),
          Map.entry("whorl.agent.hook.code.GeneratedClasses.dropped", "read by the status"),
          Map.entry("whorl.agent.hook.code.GeneratedClasses.forgotten", "read by the status"),
          Map.entry("whorl.agent.hook.code.GeneratedClasses.keptBytes", "read by the status"));

  /** Methods of java.util.concurrent that wait for another thread. */
  private static final Set<String> WAITING_CALLS =
      Set.of(
          "lock",
          "lockInterruptibly",
          "await",
          "acquire",
          "put",
          "take",
          "computeIfAbsent",
          "computeIfPresent",
          "compute",
          "merge");

  @Test
  void codeOnTheApplicationsThreads_takesNoLock() throws IOException {
    Map<String, Set<String>> found = new TreeMap<>();
    for (String place : PLACES) {
      for (Path file : classFiles(place)) {
        findLocks(file, found);
      }
    }

    Set<String> unexplained = new TreeSet<>();
    found.forEach(
        (method, locks) -> {
          if (!ON_AGENT_THREADS.containsKey(method)) {
            unexplained.add(method + " " + locks);
          }
        });
    assertThat(unexplained).isEmpty();
    assertThat(found.keySet())
        .as("methods that lock no more are taken off the list")
        .containsAll(ON_AGENT_THREADS.keySet());
  }

  private static List<Path> classFiles(String place) throws IOException {
    Path folder =
        CLASSES.stream()
            .map(classes -> classes.resolve(place))
            .filter(candidate -> Files.isDirectory(candidate.getParent()))
            .findFirst()
            .orElseThrow();
    Path parent = Files.isDirectory(folder) ? folder : folder.getParent();
    try (Stream<Path> all = Files.walk(parent)) {
      return all.filter(file -> file.toString().endsWith(".class"))
          .filter(
              file ->
                  Files.isDirectory(folder)
                      || file.getFileName().toString().startsWith(folder.getFileName().toString()))
          .toList();
    }
  }

  private static void findLocks(Path file, Map<String, Set<String>> found) {
    ClassReader reader;
    try {
      reader = new ClassReader(Files.readAllBytes(file));
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
    String className = reader.getClassName().replace('/', '.');
    reader.accept(
        new ClassVisitor(Opcodes.ASM9) {
          @Override
          public MethodVisitor visitMethod(
              int access, String name, String descriptor, String signature, String[] exceptions) {
            String method = className + "." + name;
            if ((access & Opcodes.ACC_SYNCHRONIZED) != 0) {
              add(found, method, "synchronized");
            }
            return new MethodVisitor(Opcodes.ASM9) {
              @Override
              public void visitInsn(int opcode) {
                if (opcode == Opcodes.MONITORENTER) {
                  add(found, method, "synchronized");
                }
              }

              @Override
              public void visitMethodInsn(
                  int opcode, String owner, String called, String calledDescriptor, boolean itf) {
                if (waits(owner, called)) {
                  add(found, method, owner + "." + called);
                }
              }
            };
          }
        },
        ClassReader.SKIP_DEBUG | ClassReader.SKIP_FRAMES);
  }

  private static boolean waits(String owner, String called) {
    boolean map =
        owner.startsWith("java/util/concurrent/ConcurrentHashMap") && called.equals("put");
    return owner.startsWith("java/util/concurrent/") && WAITING_CALLS.contains(called) && !map;
  }

  private static void add(Map<String, Set<String>> found, String method, String lock) {
    found.computeIfAbsent(method, none -> new TreeSet<>()).add(lock);
  }
}
