package whorl.agent;

import static com.tngtech.archunit.library.dependencies.SlicesRuleDefinition.slices;

import com.tngtech.archunit.base.DescribedPredicate;
import com.tngtech.archunit.core.domain.JavaCall;
import com.tngtech.archunit.core.domain.JavaClass;
import com.tngtech.archunit.core.domain.properties.HasName;
import com.tngtech.archunit.core.domain.properties.HasParameterTypes;
import com.tngtech.archunit.core.importer.ImportOption;
import com.tngtech.archunit.junit.AnalyzeClasses;
import com.tngtech.archunit.junit.ArchTest;
import com.tngtech.archunit.lang.ArchRule;
import com.tngtech.archunit.lang.syntax.ArchRuleDefinition;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import whorl.agent.capture.EvidenceSink;
import whorl.event.AgentEvent;
import whorl.evidence.Id;
import whorl.evidence.Json;

/**
 * Checks which package of the agent may use which, as listed in ARCHITECTURE.md. Only the root
 * package may use all of them, because it wires them.
 */
@AnalyzeClasses(packages = "whorl.agent", importOptions = ImportOption.DoNotIncludeTests.class)
class ArchitectureTest {
  /**
   * What every package may use: the JDK, the event and evidence types with their JSON, the log's interface.
   */
  private static final List<String> EVERYWHERE =
      List.of(
          "java..",
          "javax..",
          "jdk..",
          "com.sun..",
          "whorl.event..",
          "whorl.evidence..",
          "com.fasterxml.jackson..",
          "org.slf4j..",
          "org.jspecify..");

  @ArchTest static final ArchRule CONFIG = mayUse("config");
  @ArchTest static final ArchRule LOG = mayUse("log");
  @ArchTest static final ArchRule CONSOLE = mayUse("console");
  @ArchTest static final ArchRule EVENT = mayUse("event", agent("redact"));
  @ArchTest static final ArchRule ENVIRONMENT = mayUse("environment", agent("config"));
  @ArchTest static final ArchRule REDACT = mayUse("redact");

  @ArchTest
  static final ArchRule HOOK =
      mayUse(
          "hook",
          agent("event"),
          agent("console"),
          agent("config"),
          "net.bytebuddy..",
          "whorl.boot..");

  @ArchTest
  static final ArchRule RECORDING =
      mayUse("recording", agent("event"), agent("redact"), agent("environment"), agent("config"));

  @ArchTest
  static final ArchRule RULE =
      mayUse("rule", agent("event"), agent("config"), "whorl.rules..");

  @ArchTest
  static final ArchRule CAPTURE =
      mayUse(
          "capture",
          agent("recording"),
          agent("redact"),
          agent("console"),
          agent("event"),
          agent("environment"),
          agent("config"));

  @ArchTest
  static final ArchRule REGISTRATION = mayUse("registration", agent("hook"), agent("event"));

  @ArchTest
  static final ArchRule CLASSES =
      mayUse(
          "classes",
          agent("registration"),
          agent("hook"),
          agent("capture"),
          agent("event"),
          "net.bytebuddy..");

  @ArchTest static final ArchRule THREAD = mayUse("thread", agent("hook"));
  @ArchTest static final ArchRule START = mayUse("start", agent("exit"), agent("event"), agent("hook"), agent("config"));
  @ArchTest static final ArchRule MEMORY = mayUse("memory", agent("capture"), agent("hook"), agent("config"));

  @ArchTest
  static final ArchRule ALERT =
      mayUse(
          "alert",
          agent("thread"),
          agent("rule"),
          agent("capture"),
          agent("event"),
          agent("redact"),
          agent("config"),
          "whorl.rules..");

  @ArchTest
  static final ArchRule EXIT =
      mayUse(
          "exit",
          agent("alert"),
          agent("memory"),
          agent("thread"),
          agent("capture"),
          agent("ship"),
          agent("event"),
          agent("hook"),
          agent("config"));

  @ArchTest
  static final ArchRule SEAL =
      mayUse("seal", agent("capture"), agent("encrypt"), agent("ship"), agent("environment"));

  @ArchTest static final ArchRule LIFE = mayUse("life", agent("capture"), agent("redact"));
  @ArchTest static final ArchRule HPROF = mayUse("hprof");
  @ArchTest static final ArchRule ENCRYPT = mayUse("encrypt", "com.exceptionfactory.jagged..");

  @ArchTest
  static final ArchRule HEAP =
      mayUse(
          "heap",
          agent("hprof"),
          agent("encrypt"),
          agent("capture"),
          agent("ship"),
          agent("environment"),
          agent("config"));

  @ArchTest
  static final ArchRule SHIP = mayUse("ship", agent("redact"), agent("config"), "io.netty..");

  /**
   * Records that are not masked when written must pass a place that masks: a capture's draft, or a
   * message of the channel. The spool's index is a file for this JVM only.
   */
  @ArchTest
  static final ArchRule RECORDS_LEAVE_MASKED =
      ArchRuleDefinition.noClasses()
          .that()
          .resideOutsideOfPackages(agent("redact"), agent("capture"))
          .and()
          .doNotHaveFullyQualifiedName("whorl.agent.ship.spool.SpoolIndex")
          .should()
          .callMethod(Json.class, "bytes", Object.class)
          .orShould()
          .callMethod(Json.class, "text", Object.class);

  @ArchTest
  static final ArchRule EVIDENCE_LEAVES_BY_THE_MASKED_DRAFT =
      ArchRuleDefinition.noClasses()
          .that()
          .areNotAssignableTo(EvidenceSink.class)
          .and()
          .doNotHaveFullyQualifiedName("whorl.agent.capture.coordinate.CaptureProcedure")
          .should()
          .callMethod(EvidenceSink.class, "begin", Id.class, Id.class);

  @ArchTest
  static final ArchRule EVENTS_ARE_RECORDED_MASKED =
      ArchRuleDefinition.noClasses()
          .that()
          .doNotHaveFullyQualifiedName("whorl.agent.event.jfr.JfrEvents")
          .should()
          .callMethodWhere(
              JavaCall.Predicates.target(HasName.Predicates.name("commit"))
                  .and(
                      JavaCall.Predicates.target(
                          HasParameterTypes.Predicates.rawParameterTypes(AgentEvent.class))));

  @ArchTest
  static final ArchRule NO_CYCLES =
      slices().matching("whorl.agent.(*)..").should().beFreeOfCycles().allowEmptyShould(true);

  private static String agent(String name) {
    return "whorl.agent." + name + "..";
  }

  private static ArchRule mayUse(String name, String... others) {
    List<String> allowed = new ArrayList<>(EVERYWHERE);
    allowed.add(agent(name));
    allowed.addAll(Arrays.asList(others));
    DescribedPredicate<JavaClass> primitive =
        DescribedPredicate.describe("primitive", type -> type.getBaseComponentType().isPrimitive());
    return ArchRuleDefinition.classes()
        .that()
        .resideInAPackage(agent(name))
        .should()
        .onlyDependOnClassesThat(
            JavaClass.Predicates.resideInAnyPackage(allowed.toArray(new String[0])).or(primitive))
        .allowEmptyShould(true);
  }
}
