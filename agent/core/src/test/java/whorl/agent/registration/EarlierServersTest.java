package whorl.agent.registration;

import static org.assertj.core.api.Assertions.assertThat;

import com.sun.net.httpserver.HttpServer;
import java.lang.instrument.Instrumentation;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.atomic.AtomicBoolean;
import net.bytebuddy.jar.asm.ClassWriter;
import net.bytebuddy.jar.asm.MethodVisitor;
import net.bytebuddy.jar.asm.Opcodes;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import whorl.agent.hook.registration.LiveRoots;
import whorl.agent.probe.TestInstrumentation;

public class EarlierServersTest {
  private static final String ACCEPTOR = "org/apache/tomcat/util/net/Acceptor";
  private static final CountDownLatch END = new CountDownLatch(1);

  private final AtomicBoolean asked = new AtomicBoolean();
  private final AtomicBoolean called = new AtomicBoolean();
  private final LiveRoots roots = new LiveRoots();

  /** The class that this test makes calls it. */
  public static void awaitEnd() throws InterruptedException {
    END.await();
  }

  /** The application's class of errors. */
  private final class Refused extends Error {
    private static final long serialVersionUID = 1L;

    @Override
    public String toString() {
      called.set(true);
      return "";
    }
  }

  /** The application's loader. */
  private final class Loader extends ClassLoader {
    Loader() {
      super(EarlierServersTest.class.getClassLoader());
    }

    Class<?> acceptor() {
      byte[] bytes = acceptorBytes();
      return defineClass(null, bytes, 0, bytes.length);
    }

    @Override
    protected Class<?> findClass(String name) {
      asked.set(true);
      throw new Refused();
    }
  }

  @AfterEach
  void tearDown() {
    END.countDown();
  }

  /** Any code can use the name, and a late agent comes into JVMs that somebody broke into. */
  @Test
  void note_loaderThatThrowsAnError_costsNoOtherServer() throws Exception {
    Runnable task = (Runnable) new Loader().acceptor().getDeclaredConstructor().newInstance();
    Thread thread = new Thread(task, "acceptor");
    thread.setDaemon(true);
    thread.start();
    InetAddress loopback = InetAddress.getLoopbackAddress();
    HttpServer server = HttpServer.create(new InetSocketAddress(loopback, 0), 1);
    server.start();
    try {
      Instrumentation instrumentation = TestInstrumentation.get();
      new EarlierServers(
              roots,
              (module, name) ->
                  instrumentation.redefineModule(
                      module,
                      Set.of(),
                      Map.of(),
                      Map.of(name, Set.of(EarlierServers.class.getModule())),
                      Set.of(),
                      Map.of()))
          .note();
    } finally {
      server.stop(0);
    }

    assertThat(asked).isTrue();
    assertThat(called).isFalse();
    assertThat(roots.of(LiveRoots.Kind.JDK_SERVER, 1)).hasSize(1);
  }

  /** A task with a field whose class is not loaded. */
  private static byte[] acceptorBytes() {
    ClassWriter writer = new ClassWriter(ClassWriter.COMPUTE_MAXS);
    String[] runnable = {"java/lang/Runnable"};
    writer.visit(Opcodes.V17, Opcodes.ACC_PUBLIC, ACCEPTOR, null, "java/lang/Object", runnable);
    writer.visitField(Opcodes.ACC_PUBLIC, "endpoint", "Lacme/Unloaded;", null, null).visitEnd();
    MethodVisitor made = writer.visitMethod(Opcodes.ACC_PUBLIC, "<init>", "()V", null, null);
    made.visitCode();
    made.visitVarInsn(Opcodes.ALOAD, 0);
    made.visitMethodInsn(Opcodes.INVOKESPECIAL, "java/lang/Object", "<init>", "()V", false);
    made.visitInsn(Opcodes.RETURN);
    made.visitMaxs(0, 0);
    made.visitEnd();
    MethodVisitor run = writer.visitMethod(Opcodes.ACC_PUBLIC, "run", "()V", null, null);
    String test = EarlierServersTest.class.getName().replace('.', '/');
    run.visitCode();
    run.visitMethodInsn(Opcodes.INVOKESTATIC, test, "awaitEnd", "()V", false);
    run.visitInsn(Opcodes.RETURN);
    run.visitMaxs(0, 0);
    run.visitEnd();
    writer.visitEnd();
    return writer.toByteArray();
  }
}
