package whorl.collector.blinding;

import java.io.BufferedReader;
import java.io.FileInputStream;
import java.io.IOException;
import java.io.InputStreamReader;
import java.lang.invoke.MethodHandles;
import java.lang.invoke.MethodType;
import java.lang.reflect.Array;
import java.lang.reflect.Field;
import java.lang.reflect.InvocationTargetException;
import java.lang.reflect.Method;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.locks.LockSupport;
import java.util.function.Consumer;
import java.util.function.ObjIntConsumer;
import jdk.jfr.Event;
import jdk.jfr.FlightRecorder;
import jdk.jfr.Recording;
import sun.misc.Unsafe;

/**
 * Code inside a JVM that knows the agent and tries to blind it: each line on standard input names a
 * way, each line on standard output says what came of it. Some ways are open to any code; others
 * need {@code --add-opens java.base/java.lang=ALL-UNNAMED}, by which the agent's objects are found.
 */
public final class Blinder {
  private static final int VISITS = 100;
  private static final int SIZE_OF_THREAD_STATE = 6;

  private Blinder() {}

  private interface Way {
    String go() throws Exception;
  }

  private static final Map<String, Way> WAYS =
      Map.ofEntries(
          Map.entry("loader-from-a-thread", Blinder::loaderFromAThread),
          Map.entry("arm-by-reflection", Blinder::armByReflection),
          Map.entry("forged-visit", Blinder::forgedVisit),
          Map.entry("holder-named", Blinder::holderNamed),
          Map.entry("class-in-agent-loader", Blinder::classInAgentLoader),
          Map.entry("event-type-unregistered", Blinder::eventTypeUnregistered),
          Map.entry("recording-stopped", () -> recording(Recording::stop)),
          Map.entry("recording-closed", () -> recording(Recording::close)),
          Map.entry("recording-settings", () -> recording(own -> own.setSettings(Map.of()))),
          Map.entry("threads-slowed", Blinder::threadsSlowed),
          Map.entry("threads-interrupted", Blinder::threadsInterrupted),
          Map.entry("threads-suspended", Blinder::threadsSuspended),
          Map.entry("network-thread-suspended", () -> suspend("whorl-net")),
          Map.entry("stages-emptied", Blinder::stagesEmptied),
          Map.entry("recorder-nulled", () -> set(sink(), "recording", null)),
          Map.entry("holder-nulled", Blinder::holderNulled),
          Map.entry("rules-emptied", Blinder::rulesEmptied),
          Map.entry("channel-closed", Blinder::channelClosed),
          Map.entry("alert-queue-filled", Blinder::alertQueueFilled),
          Map.entry("transformer-removed", Blinder::transformerRemoved),
          Map.entry("hooks-nulled", Blinder::hooksNulled),
          Map.entry("thread-hidden", Blinder::threadHidden));

  public static void main(String[] arguments) throws IOException {
    BufferedReader in = new BufferedReader(new InputStreamReader(System.in));
    System.out.println("ready");
    for (String name = in.readLine(); name != null; name = in.readLine()) {
      System.out.println(name + ": " + outcome(name).replace('\n', ' '));
    }
  }

  private static String outcome(String name) {
    try {
      return WAYS.get(name).go();
    } catch (InvocationTargetException e) {
      return "failed: " + e.getCause();
    } catch (Exception | LinkageError e) {
      return "failed: " + e;
    }
  }

  /** By public API alone. */
  private static String loaderFromAThread() {
    for (Thread thread : agentThreads()) {
      List<Object> found = new ArrayList<>();
      found.add(thread);
      found.add(thread.getUncaughtExceptionHandler());
      found.add(thread.getThreadGroup());
      for (Object one : found) {
        if (one != null && isOfTheAgent(one.getClass().getClassLoader())) {
          return "done: " + one.getClass();
        }
      }
      if (isOfTheAgent(thread.getContextClassLoader())) {
        return "done: the context class loader of " + thread.getName();
      }
    }
    return "failed: no object of the agent";
  }

  private static boolean isOfTheAgent(ClassLoader loader) {
    return loader != null && loader.getClass().getName().startsWith("whorl.boot.");
  }

  private static String armByReflection() throws Exception {
    Class<?> holder = Class.forName("java.lang.WhorlHooks");
    for (Field field : holder.getDeclaredFields()) {
      if (!field.getType().isPrimitive()) {
        return set(null, field, null);
      }
    }
    holder.getMethod("arm", ObjIntConsumer.class).invoke(null, (Object) null);
    return "done";
  }

  private static String forgedVisit() {
    try {
      Class<?> holder = Class.forName("java.lang.WhorlHooks");
      MethodHandles.publicLookup()
          .findStatic(holder, "at", MethodType.methodType(void.class, Object[].class, int.class))
          .invoke(new Object[] {"/etc/shadow"}, 7);
      return "done";
    } catch (Throwable e) {
      return "failed: " + e;
    }
  }

  /** A class file whose constant pool names the holder, as one compiled against it would. */
  private static String holderNamed() throws Exception {
    MethodHandles.lookup().defineClass(Bytes.naming("whorl/collector/blinding/Caller0"));
    return "done";
  }

  private static String classInAgentLoader() throws Exception {
    Class<?> host = agentClass("whorl.agent.AgentStarter");
    MethodHandles.privateLookupIn(host, MethodHandles.lookup())
        .defineClass(Bytes.empty("whorl/agent/Innocent"));
    return "done";
  }

  private static String eventTypeUnregistered() throws Exception {
    FlightRecorder.unregister(
        agentClass("whorl.agent.event.jfr.ProcessEvents$ProcessStart").asSubclass(Event.class));
    return "done";
  }

  private static String recording(Consumer<Recording> deed) {
    for (Recording one : FlightRecorder.getFlightRecorder().getRecordings()) {
      if (one.getName().equals("whorl")) {
        deed.accept(one);
        return "done";
      }
    }
    return "failed: no recording";
  }

  private static String threadsSlowed() {
    agentThreads().forEach(thread -> thread.setPriority(Thread.MIN_PRIORITY));
    return "done";
  }

  private static String threadsInterrupted() {
    for (Thread thread : agentThreads()) {
      String name = thread.getName();
      thread.setName("renamed"); // so that a name does not tell whose it is
      thread.interrupt();
      thread.setName(name); // other ways look for it
    }
    return "done";
  }

  private static String threadsSuspended() throws Exception {
    Method suspend = Thread.class.getMethod("suspend");
    for (Thread thread : agentThreads()) {
      suspend.invoke(thread);
    }
    return "done";
  }

  private static String suspend(String name) throws Exception {
    for (Thread thread : agentThreads()) {
      // The watch resumes what is suspended, so it goes first.
      if (thread.getName().startsWith("whorl-watch")) {
        Thread.class.getMethod("suspend").invoke(thread);
      }
    }
    for (Thread thread : agentThreads()) {
      if (thread.getName().equals(name)) {
        Thread.class.getMethod("suspend").invoke(thread);
      }
    }
    return "done";
  }

  private static String stagesEmptied() throws Exception {
    Field stages = field(sink().getClass(), "stages");
    return set(sink(), stages, Array.newInstance(stages.getType().getComponentType(), 0));
  }

  /** Reflection hides the fields; a class of the same shape has them at the same offsets. */
  private static String holderNulled() throws Exception {
    Unsafe unsafe = unsafe();
    Class<?> holder = Class.forName("java.lang.WhorlHooks");
    for (Field field : LookAlike.class.getDeclaredFields()) {
      if (!field.isSynthetic()) {
        unsafe.putObjectVolatile(holder, unsafe.staticFieldOffset(field), null);
      }
    }
    return "done";
  }

  private static String rulesEmptied() throws Exception {
    Object stages = get(sink(), "stages");
    for (int i = 0; i < Array.getLength(stages); i++) {
      Object stage = Array.get(stages, i);
      if (stage.getClass().getSimpleName().equals("RuleConsumer")) {
        ((Map<?, ?>) get(get(stage, "armed"), "byType"))
            .keySet()
            .removeIf(type -> !type.toString().equals("SELF_TEST"));
        return "done";
      }
    }
    return "failed: no rules";
  }

  private static String channelClosed() throws Exception {
    Object channel = get(shipper(), "run", "channel");
    Method close = channel.getClass().getDeclaredMethod("close", String.class);
    close.setAccessible(true);
    close.invoke(channel, "the JVM ends");
    return "done";
  }

  /** The first one stops the thread that takes alerts, so that the others stay. */
  private static String alertQueueFilled() throws Exception {
    Object waiting = get(watch(), "rules", "stage", "listener", "waiting");
    Method offer = waiting.getClass().getDeclaredMethod("offer", Object.class, int.class);
    offer.setAccessible(true);
    Runnable endless =
        () -> {
          while (true) {
            LockSupport.park();
          }
        };
    while (Boolean.TRUE.equals(offer.invoke(waiting, endless, 1))) {
      // one more
    }
    return "done";
  }

  private static String transformerRemoved() throws Exception {
    Object guard = get(get(watch(), "hooks"), "guard");
    Object instrumentation = get(guard, "instrumentation");
    Object manager = unsafeGet(instrumentation, "mRetransfomableTransformerManager");
    unsafeSet(
        manager,
        "mTransformerList",
        Array.newInstance(Class.forName("sun.instrument.TransformerManager$TransformerInfo"), 0));
    return "done";
  }

  private static String hooksNulled() throws Exception {
    Object guard = get(get(watch(), "hooks"), "guard");
    Object[] hooks = (Object[]) get(guard, "hookDispatcher", "hooks");
    for (int i = 0; i < hooks.length; i++) {
      hooks[i] = null;
    }
    return "done";
  }

  /** Finds what hooks remember of this thread, and marks it as one that is not observed. */
  private static String threadHidden() throws Exception {
    Object table = get(get(Thread.currentThread(), "threadLocals"), "table");
    boolean found = false;
    for (int i = 0; i < Array.getLength(table); i++) {
      Object entry = Array.get(table, i);
      Object value = entry == null ? null : get(entry, "value");
      if (value instanceof byte[] state && state.length == SIZE_OF_THREAD_STATE) {
        state[0] = 1;
        found = true;
      }
    }
    for (int i = 0; i < VISITS; i++) {
      new FileInputStream("/dev/null").close();
    }
    return found ? "done" : "failed: no state";
  }

  private static List<Thread> agentThreads() {
    List<Thread> threads = new ArrayList<>();
    for (Thread thread : Thread.getAllStackTraces().keySet()) {
      if (thread.getName().startsWith("whorl-")) {
        threads.add(thread);
      }
    }
    return threads;
  }

  private static Class<?> agentClass(String name) throws Exception {
    return Class.forName(name, false, watch().getClass().getClassLoader());
  }

  private static Object sink() throws Exception {
    return get(watch(), "sink");
  }

  private static Object shipper() throws Exception {
    return get(watch(), "shipper");
  }

  /** The work of the thread whorl-watch, from the thread, whatever that is named by now. */
  private static Object watch() throws Exception {
    for (Thread thread : Thread.getAllStackTraces().keySet()) {
      Object task =
          Runtime.version().feature() < 19 ? get(thread, "target") : get(thread, "holder", "task");
      if (task != null
          && task.getClass().getName().startsWith("whorl.agent.thread.AgentThreads$")) {
        Object work = get(task, "work");
        if (work.getClass().getName().equals("whorl.agent.TamperWatch")) {
          return work;
        }
      }
    }
    throw new IllegalStateException("no thread whorl-watch");
  }

  private static Object get(Object owner, String... names) throws Exception {
    Object found = owner;
    for (String name : names) {
      found = field(found.getClass(), name).get(found);
    }
    return found;
  }

  private static Field field(Class<?> type, String name) throws Exception {
    for (Class<?> at = type; at != null; at = at.getSuperclass()) {
      for (Field field : at.getDeclaredFields()) {
        if (field.getName().equals(name)) {
          field.setAccessible(true);
          return field;
        }
      }
    }
    throw new NoSuchFieldException(type + "." + name);
  }

  private static String set(Object owner, String name, Object value) throws Exception {
    return set(owner, field(owner.getClass(), name), value);
  }

  private static String set(Object owner, Field field, Object value) throws Exception {
    field.setAccessible(true);
    field.set(owner, value);
    return "done";
  }

  private static Object unsafeGet(Object owner, String name) throws Exception {
    return unsafe()
        .getObject(owner, unsafe().objectFieldOffset(owner.getClass().getDeclaredField(name)));
  }

  private static void unsafeSet(Object owner, String name, Object value) throws Exception {
    unsafe()
        .putObjectVolatile(
            owner, unsafe().objectFieldOffset(owner.getClass().getDeclaredField(name)), value);
  }

  private static Unsafe unsafe() throws Exception {
    Field field = Unsafe.class.getDeclaredField("theUnsafe");
    field.setAccessible(true);
    return (Unsafe) field.get(null);
  }

  /** Of the shape of the holder class: three static references. */
  @SuppressWarnings("unused")
  private static final class LookAlike {
    private static volatile ObjIntConsumer<Object[]> observer;
    private static volatile Consumer<Throwable> memory;
    private static volatile ObjIntConsumer<Object> tasks;
  }
}
