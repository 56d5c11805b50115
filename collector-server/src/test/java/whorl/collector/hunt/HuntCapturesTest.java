package whorl.collector.hunt;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static whorl.collector.fleet.channel.FleetRig.agent;
import static whorl.collector.hunt.HuntRig.ONE;
import static whorl.collector.hunt.HuntRig.answer;

import com.fasterxml.jackson.databind.JsonNode;
import java.io.IOException;
import java.time.Duration;
import org.junit.jupiter.api.Test;
import whorl.collector.fleet.captures.SealedCapture;
import whorl.collector.fleet.channel.FleetRig.Wire;
import whorl.collector.http.request.FakeRequest;
import whorl.evidence.CustodyEntry;
import whorl.evidence.Id;
import whorl.evidence.channel.AgentMessage.CaptureProgress;
import whorl.evidence.channel.CaptureState;

/** Captures that a hunt starts. */
class HuntCapturesTest extends HuntFixture {
  @Test
  void captures_areOfTheAgentsWithRows_andTheirEvidenceGoesIntoTheCase() throws IOException {
    Wire found = rig.connect(agent(1));
    Wire nothing = rig.connect(agent(2));
    Wire gone = rig.connect(agent(3));
    String hunt = rig.start(CLASS);
    HuntRig.answer(found, "x");
    answer(nothing);
    answer(gone, "y");
    rig.pass(Duration.ofSeconds(2));
    gone.listener.closed();

    JsonNode answer =
        FakeRequest.post(ONE + "/captures", "{\"reason\":\"odd\",\"case\":\"case-0001\"}")
            .at("id", hunt)
            .json(rig.routes);

    assertThat(answer.path("captures")).hasSize(1);
    assertThat(answer.at("/skipped/0/why").asText()).isEqualTo("it is not connected any more");
    assertThat(found.captureRequests())
        .singleElement()
        .extracting(each -> each.reason())
        .isEqualTo("odd");
    assertThat(nothing.captureRequests()).isEmpty();

    rig.captures.fileSealed();
    assertThat(rig.filed).as("it is not sealed yet").isEmpty();
    rig.fleet.captures.sealed(
        new SealedCapture(
            new Id(answer.at("/captures/0/id").asText()),
            found.id(),
            "shop",
            new Id("evidence-0001"),
            CaptureState.SEALED,
            "odd",
            null,
            time.instant(),
            null));
    rig.captures.fileSealed();
    rig.captures.fileSealed();
    assertThat(rig.filed).containsExactly("case-0001 evidence-0001 responder-1a2b3c4d");
  }

  private JsonNode captureFor(Wire found) throws IOException {
    String hunt = rig.start(CLASS);
    HuntRig.answer(found, "x");
    rig.pass(Duration.ofSeconds(2));
    return FakeRequest.post(ONE + "/captures", "{\"reason\":\"odd\",\"case\":\"case-0001\"}")
        .at("id", hunt)
        .json(rig.routes);
  }

  @Test
  void evidenceOfAnAgentThatWasAway_goesIntoTheCase_onceItIsSealed() throws IOException {
    Wire found = rig.connect(agent(1));
    Id capture = new Id(captureFor(found).at("/captures/0/id").asText());
    Id evidence = new Id("evidence-0001");
    found.say(new CaptureProgress(capture, evidence, CaptureState.SHIPPING, 10, 100, null));
    found.listener.closed();
    time.pass(Duration.ofMinutes(2));
    rig.fleet.captures.checkTimeouts();
    assertThat(rig.fleet.captures.find(capture).state().ended()).isTrue();

    rig.captures.fileSealed();
    assertThat(rig.filed).as("its agent may come back").isEmpty();
    rig.fleet.captures.sealed(
        new SealedCapture(
            capture,
            found.id(),
            "shop",
            evidence,
            CaptureState.SEALED,
            "odd",
            null,
            time.instant(),
            null));
    rig.captures.fileSealed();
    assertThat(rig.filed).containsExactly("case-0001 evidence-0001 responder-1a2b3c4d");
  }

  @Test
  void evidenceThatAnAgentOnlyNames_goesIntoNoCase() throws IOException {
    Wire found = rig.connect(agent(1));
    Id capture = new Id(captureFor(found).at("/captures/0/id").asText());
    Id ofOthers = new Id("evidence-0009");
    found.say(new CaptureProgress(capture, ofOthers, CaptureState.SHIPPING, 10, 100, null));
    found.say(new CaptureProgress(capture, ofOthers, CaptureState.FAILED, 10, 100, "no more"));

    rig.captures.fileSealed();
    time.pass(Duration.ofDays(4));
    rig.captures.fileSealed();
    assertThat(rig.filed).isEmpty();
    assertThat(rig.awaited()).isZero();
  }

  @Test
  void captures_areInCustodyBeforeAnyAgentIsAsked() throws IOException {
    Wire found = rig.connect(agent(1));
    String hunt = rig.start(CLASS);
    HuntRig.answer(found, "x");
    rig.hunts.work();

    FakeRequest.post(ONE + "/captures", "{\"reason\":\"odd\",\"case\":\"case-0001\"}")
        .at("id", hunt)
        .json(rig.routes);

    assertThat(rig.inCustody())
        .extracting(CustodyEntry::action)
        .containsExactly("hunted", "captures_requested");
    CustodyEntry entry = rig.inCustody().get(1);
    assertThat(entry.actor()).isEqualTo("token responder-1a2b3c4d");
    assertThat(entry.detail())
        .containsEntry("service", "shop")
        .containsEntry("agents", "1")
        .containsEntry("reason", "odd")
        .containsEntry("case", "case-0001")
        .containsEntry("from", "192.0.2.9");
  }

  @Test
  void captures_ifCustodyCannotBeWritten_areNotRequested() throws Exception {
    Wire found = rig.connect(agent(1));
    String hunt = rig.start(CLASS);
    HuntRig.answer(found, "x");
    rig.hunts.work();
    rig.custody.close();

    assertThatThrownBy(
            () -> FakeRequest.post(ONE + "/captures", "{}").at("id", hunt).json(rig.routes))
        .isInstanceOf(IOException.class);
    assertThat(found.captureRequests()).isEmpty();
  }

  @Test
  void evidenceThatCannotBeFiled_keepsNoOtherOutOfItsCase() throws IOException {
    Wire one = rig.connect(agent(1));
    Wire two = rig.connect(agent(2));
    String hunt = rig.start(CLASS);
    HuntRig.answer(one, "a.A");
    HuntRig.answer(two, "a.A");
    rig.pass(Duration.ofSeconds(2));
    JsonNode answer =
        FakeRequest.post(ONE + "/captures", "{\"reason\":\"odd\",\"case\":\"case-0001\"}")
            .at("id", hunt)
            .json(rig.routes);
    for (int i = 0; i < 2; i++) {
      rig.fleet.captures.sealed(
          new SealedCapture(
              new Id(answer.at("/captures/" + i + "/id").asText()),
              new Id(answer.at("/captures/" + i + "/agent").asText()),
              "shop",
              new Id("evidence-000" + i),
              CaptureState.SEALED,
              "odd",
              null,
              time.instant(),
              null));
    }

    rig.unfiled = new Id("evidence-0000");
    assertThatThrownBy(rig.captures::fileSealed).hasMessageContaining("a strange value");
    assertThat(rig.filed).containsExactly("case-0001 evidence-0001 responder-1a2b3c4d");
    rig.unfiled = null;
    rig.captures.fileSealed();
    assertThat(rig.filed)
        .containsExactly(
            "case-0001 evidence-0001 responder-1a2b3c4d",
            "case-0001 evidence-0000 responder-1a2b3c4d");
  }

  @Test
  void captures_withoutRows_are404() throws IOException {
    rig.connect(agent(1));
    String hunt = rig.start(CLASS);

    assertThatThrownBy(
            () -> FakeRequest.post(ONE + "/captures", "{}").at("id", hunt).json(rig.routes))
        .hasMessageContaining("nothing to capture");
  }
}
