package whorl.agent.hook.weave;

import static net.bytebuddy.jar.asm.Opcodes.*;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.lang.reflect.InvocationTargetException;
import java.util.ArrayList;
import java.util.List;
import net.bytebuddy.jar.asm.ClassReader;
import net.bytebuddy.jar.asm.ClassVisitor;
import net.bytebuddy.jar.asm.FieldVisitor;
import net.bytebuddy.jar.asm.MethodVisitor;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Any class verifies, links and runs as before; join points that do not fit are reported. */
class WeavingTest {
  private static final Operand RESULT = Operand.RESULT;
  private static final Operand FIRST = Operand.argument(0);
  private static final Operand SECOND = Operand.argument(1);

  @BeforeEach
  void clear() {
    Recorder.clear();
  }

  /** As in Vert.x 3.9: the field exists but has another type. */
  public static final class Connection {
    private final StringBuilder inProgress = new StringBuilder("request");
    private static String shared = "shared";

    public String handle(Object message) {
      return inProgress.toString() + message + shared;
    }

    public static String twice(String text) {
      return text + text;
    }
  }

  @ParameterizedTest
  @ValueSource(booleans = {false, true})
  void field_ofAnotherType_isNotWovenButReported(boolean optional) throws Exception {
    JoinPoint point =
        JoinPoint.entry(
            WovenClass.nameOf(Connection.class),
            "handle",
            "(Ljava/lang/Object;",
            new Operand.SelfField("inProgress", "Ljava/lang/String;"));
    WovenClass woven =
        WovenClass.of(WovenClass.bytesOf(Connection.class), optional ? point.asOptional() : point);

    assertThat(woven.woven()).isNull();
    assertThat(woven.notFound())
        .singleElement()
        .asString()
        .endsWith(
            "Connection.handle: the field inProgress has the type java.lang.StringBuilder instead"
                + " of java.lang.String");
  }

  @Test
  void missingOrStaticField_isNotWovenButReported() throws Exception {
    String owner = WovenClass.nameOf(Connection.class);
    WovenClass woven =
        WovenClass.of(
            WovenClass.bytesOf(Connection.class),
            JoinPoint.entry(owner, "handle", "(", new Operand.SelfField("gone", "I")),
            JoinPoint.entry(
                owner, "handle", "(", new Operand.SelfField("shared", "Ljava/lang/String;")),
            JoinPoint.entry(owner, "twice", "(", Operand.SELF),
            JoinPoint.entry(owner, "handle", "(", SECOND),
            JoinPoint.entry(owner, "nowhere", "("),
            JoinPoint.entry(owner, "nowhere", "(").asOptional(),
            JoinPoint.entry(owner, "handle", "(Ljava/lang/Object;", FIRST));

    assertThat(woven.notFound())
        .hasSize(5)
        .anyMatch(problem -> problem.endsWith("handle: there is no field gone"))
        .anyMatch(problem -> problem.endsWith("handle: the field shared is static"))
        .anyMatch(problem -> problem.endsWith("twice: the method is static"))
        .anyMatch(problem -> problem.endsWith("handle: there is no parameter 1"))
        .anyMatch(problem -> problem.endsWith("nowhere: there is no such method"));
    Object connection = woven.load().getConstructor().newInstance();
    Object handled =
        connection.getClass().getMethod("handle", Object.class).invoke(connection, "!");
    assertThat(handled).isEqualTo("request!shared");
    assertThat(Recorder.RECORDED).containsExactly("7 [!]");
  }

  /**
   * A class with all kinds of parameters and results, and with handlers of its own around its
   * returns.
   */
  public static class Service {
    private final String text;

    public Service(String text, long number) {
      this.text = text + number;
    }

    public long number(String given, long number, boolean twice) {
      try {
        for (int i = 0; i < 3; i++) {
          if (twice && i == 1) {
            return number * 2;
          }
        }
        return Long.parseLong(given);
      } catch (Throwable any) {
        return -1;
      }
    }

    public double half(double number) {
      return number / 2;
    }

    public String reassigned(String given, int count) {
      given = given == null ? "none" : given.strip();
      while (count > 0) {
        given += count--;
      }
      if (given.isEmpty()) {
        throw new IllegalArgumentException(text);
      }
      return given;
    }

    public synchronized void nothing(boolean[] flags) {
      synchronized (flags) {
        flags[0] = true;
      }
    }
  }

  private static final String SERVICE = WovenClass.nameOf(Service.class);

  private static JoinPoint[] everywhereInService() {
    return new JoinPoint[] {
      JoinPoint.entry(SERVICE, "number", "(", FIRST, SECOND, Operand.argument(2), Operand.SELF),
      JoinPoint.always(
          SERVICE, "number", "(", FIRST, SECOND, Operand.argument(2), RESULT, Operand.FAILURE),
      JoinPoint.always(SERVICE, "half", "(", FIRST, RESULT),
      JoinPoint.always(SERVICE, "reassigned", "(", FIRST, SECOND, RESULT, Operand.FAILURE),
      JoinPoint.always(SERVICE, "nothing", "([Z)", RESULT),
      JoinPoint.entry(SERVICE, "<init>", "(", FIRST, SECOND),
      JoinPoint.onReturn(
          SERVICE,
          "<init>",
          "(",
          SECOND,
          FIRST,
          new Operand.SelfField("text", "Ljava/lang/String;")),
    };
  }

  private static Object service(WovenClass woven) throws Exception {
    return woven.load().getConstructor(String.class, long.class).newInstance("t", 7L);
  }

  private static Object number(Object service, String given, boolean twice) throws Exception {
    return service
        .getClass()
        .getMethod("number", String.class, long.class, boolean.class)
        .invoke(service, given, 21L, twice);
  }

  private static Object reassigned(Object service, String given) throws Exception {
    return service
        .getClass()
        .getMethod("reassigned", String.class, int.class)
        .invoke(service, given, 2);
  }

  @Test
  void operandsOfAllTypes_areReportedUnchanged() throws Exception {
    WovenClass woven = WovenClass.of(WovenClass.bytesOf(Service.class), everywhereInService());
    Object service = service(woven);
    assertThat(woven.notFound()).isEmpty();
    assertThat(Recorder.RECORDED).containsExactly("6 [t, 7]", "7 [7, t, t7]");
    Recorder.RECORDED.clear();

    assertThat(number(service, "5", false)).isEqualTo(5L);
    assertThat(number(service, "5", true)).isEqualTo(42L);
    assertThat(number(service, "x", false)).isEqualTo(-1L);
    assertThat(Recorder.RECORDED)
        .hasSize(6)
        .contains(
            "2 [5, 21, false, 5, null]", "2 [5, 21, true, 42, null]", "2 [x, 21, false, -1, null]");
    Recorder.RECORDED.clear();

    assertThat(service.getClass().getMethod("half", double.class).invoke(service, 3.0))
        .isEqualTo(1.5);
    service.getClass().getMethod("nothing", boolean[].class).invoke(service, new boolean[1]);
    assertThat(Recorder.RECORDED).containsExactly("3 [3.0, 1.5]", "5 [null]");
  }

  @Test
  void parameterThatTheMethodOverwrites_isReportedWithItsFirstValue() throws Exception {
    Object service =
        service(WovenClass.of(WovenClass.bytesOf(Service.class), everywhereInService()));
    Recorder.RECORDED.clear();

    assertThat(reassigned(service, " a ")).isEqualTo("a21");
    assertThat(Recorder.RECORDED).containsExactly("4 [ a , 2, a21, null]");
  }

  @Test
  void callsThatFail_neverReachTheApplication_andAreCounted() throws Exception {
    WovenClass woven = WovenClass.of(WovenClass.bytesOf(Service.class), everywhereInService());
    Recorder.failure = new StackOverflowError("of the agent's");
    Object service = service(woven);

    assertThat(number(service, "5", false)).isEqualTo(5L);
    assertThat(number(service, "5", true)).isEqualTo(42L);
    assertThat(reassigned(service, " a ")).isEqualTo("a21");
    assertThat(Recorder.missed).isEqualTo(7);

    Recorder.failureOfCount = new OutOfMemoryError("of the agent's");
    assertThat(number(service, "x", false)).isEqualTo(-1L);
    assertThat(reassigned(service(woven), " a ")).isEqualTo("a21");
    assertThat(Recorder.missed).isEqualTo(7);
  }

  /** The method's own exception is thrown even if it cannot be reported. */
  public static final class Failing {
    public void fail(String text) {
      throw new IllegalArgumentException(text);
    }
  }

  @Test
  void failureOfTheMethod_isThrownEvenIfTheReportFails() throws Exception {
    String owner = WovenClass.nameOf(Failing.class);
    WovenClass woven =
        WovenClass.of(
            WovenClass.bytesOf(Failing.class),
            JoinPoint.always(owner, "fail", "(", FIRST, Operand.FAILURE));
    Object failing = woven.load().getConstructor().newInstance();
    Recorder.failure = new OutOfMemoryError("of the agent's");

    assertThatThrownBy(
            () ->
                failing
                    .getClass()
                    .getMethod("fail", String.class)
                    .invoke(failing, "expected failure"))
        .isInstanceOf(InvocationTargetException.class)
        .cause()
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessage("expected failure");
    assertThat(Recorder.missed).isEqualTo(1);
  }

  /** An interface with code. */
  public interface Named {
    default String name(String given) {
      return "named " + given;
    }

    static int count(int given) {
      return given + 1;
    }
  }

  @Test
  void defaultAndStaticMethodsOfInterfaces_areWoven() throws Exception {
    String owner = WovenClass.nameOf(Named.class);
    WovenClass woven =
        WovenClass.of(
            WovenClass.bytesOf(Named.class),
            JoinPoint.always(owner, "name", "(", FIRST, RESULT),
            JoinPoint.always(owner, "count", "(", FIRST, RESULT));
    Class<?> type = woven.load();

    assertThat(type.getMethod("count", int.class).invoke(null, 1)).isEqualTo(2);
    assertThat(Recorder.RECORDED).containsExactly("2 [1, 2]");
  }

  @Test
  void shapeOfTheClass_staysTheSame() throws Exception {
    WovenClass woven = WovenClass.of(WovenClass.bytesOf(Service.class), everywhereInService());

    assertThat(shape(woven.woven())).isEqualTo(shape(woven.original()));
  }

  private static List<String> shape(byte[] bytes) {
    List<String> shape = new ArrayList<>();
    new ClassReader(bytes)
        .accept(
            new ClassVisitor(ASM9) {
              @Override
              public void visit(
                  int version,
                  int access,
                  String name,
                  String signature,
                  String above,
                  String[] of) {
                shape.add(version + " " + access + " " + name + " " + above + List.of(of));
              }

              @Override
              public FieldVisitor visitField(
                  int access, String name, String descriptor, String signature, Object value) {
                shape.add(access + " " + name + " " + descriptor);
                return null;
              }

              @Override
              public MethodVisitor visitMethod(
                  int access, String name, String descriptor, String signature, String[] thrown) {
                shape.add(access + " " + name + descriptor);
                return null;
              }
            },
            0);
    return shape;
  }
}
