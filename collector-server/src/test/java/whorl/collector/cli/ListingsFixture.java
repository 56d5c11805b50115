package whorl.collector.cli;

import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;

/** The command line, with a collector that answers what a test says. */
abstract class ListingsFixture {
  static final String AGENT =
      "{'id':'agent-0001','service':'shop','namespace':'prod','labels':{'team':'a'},"
          + "'pod':'shop-7d9','container':'%s','host':'node-1','pid':7,'jvm':'21',"
          + "'agentVersion':'0.1.0','connected':true,'lastSeen':'2026-11-24T11:59:58.123Z',"
          + "'capabilities':{},'losses':{'ring':3,'spool':4}}";

  static final String EVIDENCE =
      "{'id':'evidence-1','capture':'capture-1','agent':'agent-0001','service':'shop',"
          + "'alert':{'rule':'r','level':'high','title':'Shell started'},'reason':'Shell started',"
          + "'state':'sealed','sealedAt':'2026-11-24T11:00:00Z','artifacts':["
          + "{'name':'recording.jfr','size':3145728,'sha256':'"
          + "ab".repeat(32)
          + "','mediaType':'application/x-jfr'}],'signature':{'verified':true,'keyId':'k1'}}";

  FakeCollector collector;

  final CliRun cli = new CliRun();

  @BeforeEach
  void start() throws Exception {
    collector = new FakeCollector();
  }

  @AfterEach
  void stop() {
    collector.close();
  }
}
