package whorl.agent.probe;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static whorl.agent.probe.ProbeRig.ORDERS;
import static whorl.agent.probe.ProbeRig.of;
import static whorl.agent.probe.ProbeRig.withValues;

import com.example.probed.Orders;
import java.lang.invoke.MethodHandles;
import java.util.AbstractList;
import java.util.ArrayList;
import java.util.List;
import java.util.function.Supplier;
import net.bytebuddy.jar.asm.ClassWriter;
import net.bytebuddy.jar.asm.Opcodes;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import whorl.agent.probe.weave.ProbedMethod;
import whorl.agent.redact.Redactor;
import whorl.evidence.Id;
import whorl.evidence.channel.ProbeCall;
import whorl.evidence.channel.ProbeRequest;
import whorl.evidence.channel.ProbeState;

/** Probes woven into real classes of this JVM, and taken out again. */
class ProbesTest extends ProbeFixture {
  @Test
  void calls_areRecorded_withTypesAndSizesOnly() {
    rig.begin(of("find"));

    assertThat(new Orders().find("alice", 3)).isEqualTo("order of alice 3");

    assertThat(rig.reports.get(0).methods())
        .containsExactlyInAnyOrder(
            ORDERS + "#find(java.lang.String)", ORDERS + "#find(java.lang.String, int)");
    List<ProbeCall> calls = rig.calls();
    assertThat(calls)
        .extracting(ProbeCall::method)
        .containsExactly("find(java.lang.String)", "find(java.lang.String, int)");
    assertThat(calls.get(1).arguments())
        .containsExactly("customer: java.lang.String of 5 characters", "limit: int");
    assertThat(calls.get(1).thrown()).isNull();
    assertThat(calls.get(1).nanos()).isPositive();
    assertThat(calls.get(1).thread()).isEqualTo(Thread.currentThread().getName());
    assertThat(calls.get(1).stack()).isEmpty();
    assertThat(rig.events()).hasSize(2);
    assertThat(rig.events().get(1).value(2)).isEqualTo("find(java.lang.String, int)");
  }

  @Test
  void descriptor_selectsOneMethod() {
    rig.begin(
        new ProbeRequest(
            ORDERS, "find", "(Ljava/lang/String;I)Ljava/lang/String;", 60, 9, true, true, false));

    String unused = new Orders().find("alice", 3);
    ProbeCall call = rig.calls().get(0);
    assertThat(rig.calls()).hasSize(1);
    assertThat(call.arguments()).containsExactly("customer: \"alice\"", "limit: 3");
    assertThat(call.stack().get(0)).startsWith(ORDERS + ".find(Orders.java:");
    assertThat(call.stack()).noneMatch(frame -> frame.contains("whorl.agent.probe.ProbeObserver"));
    assertThat(call.stack()).noneMatch(frame -> frame.contains("WhorlHooks"));
  }

  @Test
  void value_secretAcrossTheCut_isMasked() {
    rig.begin(withValues("login"));

    boolean unused =
        new Orders().login("u".repeat(100) + " pg://joe:q7Zk2mWx9Lb4q7Zk2mWx9Lb4@db", "x", 1);

    assertThat(rig.calls().get(0).arguments().get(0))
        .isEqualTo("user: \"" + "u".repeat(100) + " pg://joe:***@db\" (137 characters)");
    assertThat(rig.events().get(0).value(3).toString()).doesNotContain("q7Zk");
  }

  @Test
  void values_areCutAndRedacted() {
    rig.begin(withValues("login"));

    boolean unused = new Orders().login("u".repeat(200), "hunter2hunter2", 4711);
    List<String> arguments = rig.calls().get(0).arguments();
    assertThat(arguments.get(0)).isEqualTo("user: \"" + "u".repeat(128) + "…\" (200 characters)");
    assertThat(arguments.get(1)).isEqualTo("password: \"***\"");
    assertThat(rig.events().get(0).value(3).toString()).doesNotContain("hunter2");
  }

  @Test
  void allTypes_keepTheirValues_andNoMethodOfTheApplicationIsCalled() {
    rig.begin(withValues("mixed"));

    double result =
        new Orders()
            .mixed(
                (byte) 1,
                (short) 2,
                'c',
                4,
                5L,
                6f,
                7d,
                true,
                new Orders.Untouchable(),
                new int[3]);

    assertThat(result).isEqualTo(1 + 2 + 'c' + 4 + 5 + 6 + 7 + 3 + 0 + 1);
    assertThat(rig.calls().get(0).arguments())
        .containsExactly(
            "a: 1",
            "b: 2",
            "c: c",
            "d: 4",
            "e: 5",
            "f: 6.0",
            "g: 7.0",
            "h: true",
            "i: com.example.probed.Orders$Untouchable",
            "j: int[3]");
  }

  @Test
  void ownCollections_areNotAsked() {
    assertThat(ArgumentText.type(new Orders.OwnList(), "java.util.List"))
        .isEqualTo("com.example.probed.Orders$OwnList");
    assertThat(ArgumentText.type(new ArrayList<>(List.of(1, 2)), "java.util.List"))
        .isEqualTo("java.util.ArrayList of 2");
    assertThat(ArgumentText.type(new Orders.OwnList[4], "java.lang.Object"))
        .isEqualTo("com.example.probed.Orders$OwnList[4]");
    assertThat(ArgumentText.type(null, "java.lang.String")).isEqualTo("null");
  }

  /** An attacker in this JVM, who knows the numbers, calls what woven methods call. */
  @Test
  void forgedCall_withAListOfItsOwn_isNotAsked() throws Exception {
    RunningProbe probe =
        new RunningProbe(new Id("probe-forged"), of("find"), new Redactor(List.of()), 1);
    probe.start();
    int number =
        rig.points.numberOf(probe, new ProbedMethod("find", "()V", "find()", List.of(), List.of()));
    int[] asked = {0};
    List<String> hostile =
        new AbstractList<>() {
          @Override
          public String get(int index) {
            asked[0]++;
            return "x";
          }

          @Override
          public int size() {
            asked[0]++;
            return 1;
          }
        };

    for (Object forged : new Object[] {hostile, new String[99], new String[] {"x".repeat(9_999)}}) {
      Object[] call = rig.observer.apply(number);
      rig.observer.accept(call, number);
      call[ProbePoint.DESCRIBED] = forged;
      rig.observer.accept(call, number + 1);
    }

    assertThat(asked[0]).isZero();
    assertThat(probe.recorded()).isZero();
    assertThat(rig.events()).isEmpty();
    rig.points.remove(probe);
  }

  @Test
  void exception_passesUnchanged() {
    rig.begin(of("fail"));
    IllegalStateException thrown = new IllegalStateException("as it was");

    assertThatThrownBy(() -> new Orders().fail(thrown)).isSameAs(thrown);

    assertThat(thrown.getSuppressed()).isEmpty();
    assertThat(rig.calls().get(0).thrown()).isEqualTo("java.lang.IllegalStateException");
  }

  @ParameterizedTest
  @CsvSource({"0, 1", "1, 6", "5, 6"})
  void handlersOfTheMethod_workAsBefore(int way, int result) {
    rig.begin(of("guarded"));
    Orders orders = new Orders();

    assertThat(orders.guarded(way)).isEqualTo(result);

    assertThat(orders.entered()).isZero();
    assertThat(rig.calls()).hasSize(1);
    assertThat(rig.calls().get(0).thrown()).isNull();
  }

  @Test
  void recursion_recordsEachCall_theInnermostFirst() {
    rig.begin(withValues("factorial"));

    assertThat(new Orders().factorial(5)).isEqualTo(120);

    assertThat(rig.calls())
        .extracting(call -> call.arguments().get(0))
        .containsExactly("n: 1", "n: 2", "n: 3", "n: 4", "n: 5");
  }

  @Test
  void deepRecursion_endsAsBefore() throws Exception {
    rig.begin(new ProbeRequest(ORDERS, "factorial", null, 60, 1_000, true, true, false));
    Orders orders = new Orders();

    assertThatThrownBy(() -> orders.factorial(Integer.MAX_VALUE))
        .isInstanceOf(StackOverflowError.class);

    assertThat(orders.factorial(5)).isEqualTo(120);
    // A lack of stack may be counted as a failure of the agent's, and only there.
    rig.close();
    rig = new ProbeRig();
  }

  @Test
  void otherShapes_areWoven() {
    rig.begin(withValues("sum"));
    rig.begin(of("loop"));
    rig.begin(of("modern"));
    rig.begin(of("nothing"));
    Orders orders = new Orders();

    assertThat(Orders.sum(1, 2, 3)).isEqualTo(6);
    assertThat(Orders.loop(20)).isEqualTo(8);
    assertThat(orders.modern(new Orders.Book("JVMS", 9), 7)).isEqualTo("weekend JVMS");
    assertThat(orders.modern(new Orders.Pen(true), 2)).isEqualTo("day 4");
    orders.nothing();

    assertThat(rig.calls())
        .extracting(ProbeCall::method)
        .containsExactlyInAnyOrder(
            "sum(long[])",
            "loop(int)",
            "modern(com.example.probed.Orders$Item, int)",
            "modern(com.example.probed.Orders$Item, int)",
            "nothing()");
  }

  @Test
  void bridge_isNotRecordedTwice() {
    rig.begin(of("get"));

    Supplier<String> supplier = new Orders();

    assertThat(supplier.get()).isEqualTo("bridged");
    assertThat(rig.calls()).hasSize(1);
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      value = {
        "java.lang.String | length | java.lang.String is a class of the JDK",
        "whorl.agent.probe.Probes | ask | has a name of the agent's",
        "net.bytebuddy.jar.asm.Type | getSort | has a name of Byte Buddy",
        "com.example.probed.Missing | find | no class com.example.probed.Missing is loaded",
        "com.example.probed.Orders | absent | the class declares no method absent; it has",
        "com.example.probed.Orders | missing | missing()V is native",
        "com.example.probed.Orders$Item | title | the class declares no method title",
        "java.util.function.Supplier | get | is a class of the JDK"
      })
  void whatMustNotBeProbed_isRefused(String type, String method, String reason) throws Exception {
    byte[] before = rig.bytesOf(Orders.class);

    rig.begin(new ProbeRequest(type, method, null, 60, 10, false, false, false));

    assertThat(rig.last().state()).isEqualTo(ProbeState.REFUSED);
    assertThat(rig.last().reason()).contains(reason);
    assertThat(rig.work.isIdle()).isTrue();
    assertThat(rig.bytesOf(Orders.class)).isEqualTo(before);
  }

  @Test
  void hiddenClass_isRefused() throws Exception {
    Class<?> hidden =
        MethodHandles.privateLookupIn(Orders.class, MethodHandles.lookup())
            .defineHiddenClass(hidden(), true)
            .lookupClass();
    assertThat(hidden.isHidden()).isTrue();

    rig.begin(
        new ProbeRequest("com.example.probed.Hidden", "x", null, 60, 10, false, false, false));

    assertThat(rig.last().reason()).contains("is a hidden class");
  }

  private static byte[] hidden() {
    ClassWriter writer = new ClassWriter(0);
    writer.visit(
        Opcodes.V17,
        Opcodes.ACC_PUBLIC,
        "com/example/probed/Hidden",
        null,
        "java/lang/Object",
        null);
    writer.visitEnd();
    return writer.toByteArray();
  }
}
