package whorl.dist.program;

import com.sun.management.HotSpotDiagnosticMXBean;
import com.sun.net.httpserver.HttpExchange;
import com.sun.net.httpserver.HttpServer;
import java.io.ByteArrayOutputStream;
import java.io.DataOutputStream;
import java.io.IOException;
import java.lang.invoke.MethodHandles;
import java.lang.management.ManagementFactory;
import java.lang.reflect.Constructor;
import java.lang.reflect.Field;
import java.lang.reflect.Method;
import java.net.HttpURLConnection;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.URI;
import java.net.URL;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.rmi.registry.LocateRegistry;
import java.security.CodeSource;
import java.security.ProtectionDomain;
import java.security.cert.Certificate;
import java.util.Hashtable;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.concurrent.Executors;
import java.util.concurrent.locks.LockSupport;
import javax.management.ObjectName;
import javax.naming.CompositeName;
import javax.naming.InitialContext;
import javax.naming.directory.InitialDirContext;
import javax.naming.directory.SearchControls;
import javax.naming.ldap.InitialLdapContext;

/**
 * What an intruder does once code of theirs runs for a request: each action on the request's
 * thread, and once more on a thread that the request starts and that inherits nothing from it.
 */
public final class EntryOperations {
  private static final long PACE_NANOS = 120_000_000;
  private static final String REMOTE = "ldap://127.0.0.1:9/";

  private static Path folder;

  private EntryOperations() {}

  private interface Deed {
    void perform(String name) throws Exception;
  }

  private static Map<String, Deed> deeds() {
    Map<String, Deed> deeds = new LinkedHashMap<>();
    deeds.put("heap-dump", EntryOperations::heapDump);
    deeds.put("recording-dump", EntryOperations::recordingDump);
    deeds.put("native-agent", EntryOperations::nativeAgent);
    deeds.put("process-constructor", EntryOperations::processConstructor);
    deeds.put("own-loader", name -> new Own().define(bytes(name), null));
    deeds.put("forged-source", EntryOperations::forgedSource);
    deeds.put("forged-nowhere", EntryOperations::forgedNowhere);
    deeds.put(
        "app-loader", name -> defineInto(ClassLoader.getSystemClassLoader(), bytes(name), null));
    deeds.put(
        "platform-loader",
        name -> defineInto(ClassLoader.getPlatformClassLoader(), bytes(name), null));
    deeds.put("boot-loader", name -> defineOne(null, bytes(name)));
    deeds.put("define-one", name -> defineOne(ClassLoader.getSystemClassLoader(), bytes(name)));
    deeds.put(
        "lookup", name -> MethodHandles.lookup().defineClass(bytes("whorl/dist/program/", name)));
    deeds.put(
        "hidden",
        name ->
            MethodHandles.lookup()
                .defineHiddenClass(bytes("whorl/dist/program/", name), true)
                .lookupClass());
    deeds.put("inner-unsafe", EntryOperations::innerUnsafe);
    deeds.put("inner-hidden", EntryOperations::innerHidden);
    deeds.put("jndi-search", name -> dir().search(REMOTE + name, "(a=b)", new SearchControls()));
    deeds.put("jndi-attributes", name -> dir().getAttributes(REMOTE + name));
    deeds.put("jndi-list", name -> new InitialContext().list(REMOTE + name));
    deeds.put("jndi-link", name -> new InitialContext().lookupLink(REMOTE + name));
    deeds.put("jndi-name", name -> new InitialContext().lookup(new Lying(REMOTE + name)));
    deeds.put("jndi-provider", EntryOperations::provider);
    deeds.put("rmi-registry", name -> LocateRegistry.getRegistry("127.0.0.2", 9));
    deeds.put("symbol", EntryOperations::symbol);
    return deeds;
  }

  public static void main(String[] arguments) throws Exception {
    folder = Path.of(arguments[0]);
    HttpServer server =
        HttpServer.create(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0), 0);
    Map<String, Deed> deeds = deeds();
    server.createContext("/", exchange -> serve(exchange, deeds));
    server.setExecutor(Executors.newFixedThreadPool(1));
    server.start();
    Recorded.await();
    for (String name : deeds.keySet()) {
      for (String where : new String[] {"own", "started", "virtual"}) {
        if (!where.equals("virtual") || Runtime.version().feature() >= 21) {
          ask(server.getAddress().getPort(), "/" + where + "/" + name);
          // No rule raises more than ten alerts a second.
          LockSupport.parkNanos(PACE_NANOS);
        }
      }
    }
    unseenChild();
    Signal.await(folder.resolve("done"));
    Runtime.getRuntime().halt(0);
  }

  private static void serve(HttpExchange exchange, Map<String, Deed> deeds) throws IOException {
    String[] parts = exchange.getRequestURI().getPath().split("/");
    String unique = parts[2] + "-" + parts[1];
    Runnable work =
        () -> {
          try {
            deeds.get(parts[2]).perform(unique);
          } catch (Throwable refused) {
            System.out.println(unique + ": " + refused);
          }
        };
    try {
      if (parts[1].equals("own")) {
        work.run();
      } else {
        Thread thread =
            parts[1].equals("virtual") ? virtual(work) : new Thread(null, work, "t", 0, false);
        thread.start();
        thread.join();
      }
    } catch (ReflectiveOperationException | InterruptedException e) {
      throw new IllegalStateException(e);
    }
    exchange.sendResponseHeaders(204, -1);
    exchange.close();
  }

  private static Thread virtual(Runnable work) throws ReflectiveOperationException {
    Object builder = Thread.class.getMethod("ofVirtual").invoke(null);
    Class<?> type = Class.forName("java.lang.Thread$Builder");
    builder =
        type.getMethod("inheritInheritableThreadLocals", boolean.class).invoke(builder, false);
    return (Thread) type.getMethod("unstarted", Runnable.class).invoke(builder, work);
  }

  private static void ask(int port, String path) throws IOException {
    URL url = URI.create("http://127.0.0.1:" + port + path).toURL();
    HttpURLConnection connection = (HttpURLConnection) url.openConnection();
    connection.getResponseCode();
    connection.disconnect();
  }

  private static void heapDump(String name) throws IOException {
    Path dump = folder.resolve(name + ".hprof");
    ManagementFactory.getPlatformMXBean(HotSpotDiagnosticMXBean.class)
        .dumpHeap(dump.toString(), true);
    // Else the evidence has it as a file that came.
    Files.delete(dump);
  }

  private static String command(String operation, String... words) throws Exception {
    return (String)
        ManagementFactory.getPlatformMBeanServer()
            .invoke(
                new ObjectName("com.sun.management:type=DiagnosticCommand"),
                operation,
                new Object[] {words},
                new String[] {String[].class.getName()});
  }

  private static void recordingDump(String name) throws Exception {
    Path dump = folder.resolve(name + ".jfr");
    command("jfrDump", "filename=" + dump);
    Files.delete(dump);
  }

  private static void nativeAgent(String name) throws Exception {
    command("jvmtiAgentLoad", "/nowhere/lib" + name + ".so", "options");
  }

  private static byte[] zeroEnded(String text) {
    return (text + '\0').getBytes(StandardCharsets.UTF_8);
  }

  private static void processConstructor(String name) throws Exception {
    Constructor<?> made =
        Class.forName("java.lang.ProcessImpl")
            .getDeclaredConstructor(
                byte[].class,
                byte[].class,
                int.class,
                byte[].class,
                int.class,
                byte[].class,
                int[].class,
                boolean.class,
                boolean.class);
    made.setAccessible(true);
    Process process =
        (Process)
            made.newInstance(
                zeroEnded("/bin/true"),
                zeroEnded(name),
                1,
                null,
                0,
                null,
                new int[] {-1, -1, -1},
                false,
                false);
    process.waitFor();
  }

  /** By the native method alone: nothing waits for the child. */
  private static void unseenChild() throws Exception {
    Class<?> type = Class.forName("java.lang.ProcessImpl");
    Object process = unsafe().allocateInstance(type);
    Field helper = type.getDeclaredField("helperpath");
    helper.setAccessible(true);
    Method fork =
        type.getDeclaredMethod(
            "forkAndExec",
            int.class,
            byte[].class,
            byte[].class,
            byte[].class,
            int.class,
            byte[].class,
            int.class,
            byte[].class,
            int[].class,
            boolean.class);
    fork.setAccessible(true);
    int vfork = 3;
    fork.invoke(
        process,
        vfork,
        helper.get(null),
        zeroEnded("/bin/sleep"),
        zeroEnded("30"),
        1,
        null,
        0,
        null,
        new int[] {-1, -1, -1},
        false);
  }

  private static sun.misc.Unsafe unsafe() throws ReflectiveOperationException {
    Field field = sun.misc.Unsafe.class.getDeclaredField("theUnsafe");
    field.setAccessible(true);
    return (sun.misc.Unsafe) field.get(null);
  }

  /** A class file of this name, with nothing in it. */
  private static byte[] bytes(String name) throws IOException {
    return bytes("", name);
  }

  private static byte[] bytes(String prefix, String name) throws IOException {
    ByteArrayOutputStream bytes = new ByteArrayOutputStream();
    DataOutputStream out = new DataOutputStream(bytes);
    out.writeInt(0xcafebabe);
    out.writeInt(52);
    out.writeShort(5);
    out.writeByte(1);
    out.writeUTF(prefix + name.replace('-', '_'));
    out.writeByte(7);
    out.writeShort(1);
    out.writeByte(1);
    out.writeUTF("java/lang/Object");
    out.writeByte(7);
    out.writeShort(3);
    out.writeShort(0x21);
    out.writeShort(2);
    out.writeShort(4);
    out.write(new byte[8]);
    return bytes.toByteArray();
  }

  private static void forgedSource(String name) throws Exception {
    CodeSource real = EntryOperations.class.getProtectionDomain().getCodeSource();
    new Own().define(bytes(name), new ProtectionDomain(real, null));
  }

  private static void forgedNowhere(String name) throws Exception {
    CodeSource nowhere =
        new CodeSource(URI.create("file:/nowhere/app.jar").toURL(), (Certificate[]) null);
    new Own().define(bytes(name), new ProtectionDomain(nowhere, null));
  }

  private static void defineInto(ClassLoader loader, byte[] bytes, ProtectionDomain domain)
      throws Exception {
    Method define =
        ClassLoader.class.getDeclaredMethod(
            "defineClass",
            String.class,
            byte[].class,
            int.class,
            int.class,
            ProtectionDomain.class);
    define.setAccessible(true);
    define.invoke(loader, null, bytes, 0, bytes.length, domain);
  }

  /** The native method itself. */
  private static void defineOne(ClassLoader loader, byte[] bytes) throws Exception {
    Method define =
        ClassLoader.class.getDeclaredMethod(
            "defineClass1",
            ClassLoader.class,
            String.class,
            byte[].class,
            int.class,
            int.class,
            ProtectionDomain.class,
            String.class);
    define.setAccessible(true);
    define.invoke(null, loader, null, bytes, 0, bytes.length, null, null);
  }

  private static void innerUnsafe(String name) throws Exception {
    Class<?> type = Class.forName("jdk.internal.misc.Unsafe");
    byte[] bytes = bytes(name);
    type.getMethod(
            "defineClass",
            String.class,
            byte[].class,
            int.class,
            int.class,
            ClassLoader.class,
            ProtectionDomain.class)
        .invoke(type.getMethod("getUnsafe").invoke(null), null, bytes, 0, bytes.length, null, null);
  }

  /** The way below Lookup that the JDK itself takes. */
  private static void innerHidden(String name) throws Exception {
    Object access =
        Class.forName("jdk.internal.access.SharedSecrets")
            .getMethod("getJavaLangAccess")
            .invoke(null);
    int hidden = 2;
    Class.forName("jdk.internal.access.JavaLangAccess")
        .getMethod(
            "defineClass",
            ClassLoader.class,
            Class.class,
            String.class,
            byte[].class,
            ProtectionDomain.class,
            boolean.class,
            int.class,
            Object.class)
        .invoke(
            access,
            EntryOperations.class.getClassLoader(),
            EntryOperations.class,
            ("whorl.dist.program." + name).replace('-', '_'),
            bytes("whorl/dist/program/", name),
            null,
            true,
            hidden,
            null);
  }

  private static InitialDirContext dir() throws Exception {
    return new InitialDirContext();
  }

  private static void provider(String name) throws Exception {
    Hashtable<String, String> environment = new Hashtable<>();
    environment.put("java.naming.factory.initial", "com.sun.jndi.ldap.LdapCtxFactory");
    environment.put("java.naming.provider.url", REMOTE + name);
    new InitialLdapContext(environment, null);
  }

  private static void symbol(String name) throws Exception {
    Class<?> linker = Class.forName("java.lang.foreign.Linker");
    Object lookup =
        linker.getMethod("defaultLookup").invoke(linker.getMethod("nativeLinker").invoke(null));
    Class.forName("java.lang.foreign.SymbolLookup")
        .getMethod("find", String.class)
        .invoke(lookup, "system");
  }

  /** Says something else than it is, and starts a program when it is asked for its text. */
  private static final class Lying extends CompositeName {
    private static final long serialVersionUID = 1;

    Lying(String name) throws Exception {
      add(name);
    }

    @Override
    public String toString() {
      try {
        new ProcessBuilder("/bin/true", "asked-by-a-hook").start().waitFor();
      } catch (IOException | InterruptedException e) {
        throw new IllegalStateException(e);
      }
      return "innocent";
    }
  }

  private static final class Own extends ClassLoader {
    void define(byte[] bytes, ProtectionDomain domain) {
      defineClass(null, bytes, 0, bytes.length, domain);
    }
  }
}
