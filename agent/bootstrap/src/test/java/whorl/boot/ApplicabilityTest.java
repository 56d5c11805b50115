package whorl.boot;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class ApplicabilityTest {
  @ParameterizedTest
  @CsvSource({
    "whorl-agent.jar doctor, true",
    "/whorl/whorl-agent.jar attach 1, true",
    "/whorl/whorl-agent.jar, true",
    "/whorl/whorl-agent-0.2.0.jar doctor, true",
    "shop.jar --agent /whorl/whorl-agent.jar, false",
    "com.example.Main whorl-agent.jar, false",
    "my-whorl-agent.jar, false",
    "'', false",
  })
  void ownCommands_areNoApplications(String command, boolean own) {
    assertThat(Applicability.isOwnCommand(command)).isEqualTo(own);
  }
}
