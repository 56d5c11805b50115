package whorl.agent;

import static com.tngtech.archunit.library.dependencies.SlicesRuleDefinition.slices;
import static org.assertj.core.api.Assertions.assertThat;

import com.tngtech.archunit.core.domain.JavaCall;
import com.tngtech.archunit.core.domain.JavaClasses;
import com.tngtech.archunit.core.domain.properties.HasName;
import com.tngtech.archunit.core.domain.properties.HasParameterTypes;
import com.tngtech.archunit.core.importer.ImportOption;
import com.tngtech.archunit.junit.AnalyzeClasses;
import com.tngtech.archunit.junit.ArchTest;
import com.tngtech.archunit.lang.ArchRule;
import com.tngtech.archunit.lang.syntax.ArchRuleDefinition;
import java.io.IOException;
import java.net.ServerSocket;
import java.nio.channels.AsynchronousServerSocketChannel;
import java.nio.channels.ServerSocketChannel;
import java.nio.file.Path;
import whorl.agent.capture.EvidenceSink;
import whorl.architecture.EachPackage;
import whorl.architecture.PackageTable;
import whorl.event.AgentEvent;
import whorl.evidence.Id;
import whorl.evidence.Json;

/** The agent's package table in ARCHITECTURE.md, and where evidence is masked. */
@AnalyzeClasses(packages = "whorl.agent", importOptions = ImportOption.DoNotIncludeTests.class)
class ArchitectureTest {
  private static final Path ARCHITECTURE = Path.of("../../ARCHITECTURE.md");

  @ArchTest
  static void packages_useWhatTheTablePermits(JavaClasses classes) throws IOException {
    assertThat(PackageTable.read(ARCHITECTURE, "The agent's packages").problems(classes)).isEmpty();
  }

  /** The agent connects to its collector, and nothing connects to the agent. */
  @ArchTest
  static void agent_listensNowhere(JavaClasses classes) {
    ArchRuleDefinition.noClasses()
        .should()
        .dependOnClassesThat()
        .belongToAnyOf(
            ServerSocket.class, ServerSocketChannel.class, AsynchronousServerSocketChannel.class)
        .orShould()
        .dependOnClassesThat()
        .haveFullyQualifiedName("io.netty.bootstrap.ServerBootstrap")
        .check(classes);
  }

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
          .doNotHaveFullyQualifiedName("whorl.agent.ship.spool.SpoolIndexWriter")
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
      slices().assignedFrom(EachPackage.below("whorl.agent")).should().beFreeOfCycles();

  @ArchTest
  static void packages_areSmallEnoughToFindAClassIn(JavaClasses classes) {
    assertThat(EachPackage.below("whorl.agent").tooLarge(classes)).isEmpty();
  }

  private static String agent(String name) {
    return "whorl.agent." + name + "..";
  }
}
