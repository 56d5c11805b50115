package whorl.collector.analysis.trail;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.core.JsonParser;
import org.junit.jupiter.api.Test;
import whorl.evidence.Json;

class ProcessFileTest {
  @Test
  void read_takesHomeSecretsAndTheLateAgentsJar() throws Exception {
    ProcessFile file =
        read(
            "{'agent':{'id':'x'},'checks':{'agentJar':'/tmp/w/whorl-agent.jar','tokenCheck':true,"
                + "'writableFolders':[{'path':'/tmp'}]},"
                + "'properties':{'java.home':'/opt/jdk','agentJar':'/tmp/lie.jar'},"
                + "'environment':{'DB_PASSWORD':'***'}}");

    assertThat(file.javaHome()).isEqualTo("/opt/jdk");
    assertThat(file.agentJar()).isEqualTo("/tmp/w/whorl-agent.jar");
    assertThat(file.secrets()).containsExactly("DB_PASSWORD");
  }

  @Test
  void read_agentThatStartedBeforeMain_hasNoJarOfItsOwn() throws Exception {
    assertThat(read("{'checks':{'attach':true}}").agentJar()).isNull();
  }

  private static ProcessFile read(String json) throws Exception {
    try (JsonParser parser = Json.LENIENT.getFactory().createParser(json.replace('\'', '"'))) {
      return ProcessFile.read(parser);
    }
  }
}
