package whorl.rules;

import static java.util.Map.entry;
import static whorl.rules.Events.event;
import static whorl.rules.ExampleEvents.REQUEST;
import static whorl.rules.ExampleEvents.connected;
import static whorl.rules.ExampleEvents.forRequest;
import static whorl.rules.ExampleEvents.lookedUp;
import static whorl.rules.ExampleEvents.resolved;

import java.util.List;
import java.util.Map;
import whorl.event.AgentEvent;
import whorl.event.EventType;

/** Examples for rules about look-ups, connections and object streams; by title. */
final class NetworkCases {
  static final Map<String, Cases> ALL =
      Map.ofEntries(
          entry(
              "Directory Opened for a Request",
              new Cases(
                  List.of(
                      Events.create(
                          1,
                          0,
                          EventType.JNDI_LOOKUP,
                          "http-1",
                          List.of(
                              new StackTraceElement(
                                  "com.sun.jndi.ldap.LdapCtxFactory",
                                  "getInitialContext",
                                  "A.java",
                                  1)),
                          Events.request("a"),
                          "name",
                          "ldap://10.0.0.1")),
                  List.of(
                      forRequest(EventType.JNDI_LOOKUP, "a", "name", "ldap://10.0.0.1"),
                      lookedUp(
                          "ldap://10.0.0.1",
                          "com.sun.jndi.ldap.LdapCtxFactory.getInitialContext")))),
          entry(
              "Connection to a Cloud Metadata Service",
              new Cases(
                  List.of(
                      connected("169.254.169.254", "169.254.169.254", REQUEST),
                      connected("rebind.evil", "169.254.169.254"),
                      connected("x", "fd00:ec2:0:0:0:0:0:254"),
                      connected("x", "100.100.100.200"),
                      connected("metadata.google.internal", null)),
                  List.of(
                      connected("x", "169.254.169.253"),
                      connected("db", "10.0.0.3"),
                      connected(
                          "169.254.169.254",
                          "169.254.169.254",
                          "software.amazon.awssdk.regions.internal.util.EC2MetadataUtils.x")))),
          entry(
              "Look-up of a Cloud Metadata Name",
              new Cases(
                  List.of(
                      resolved("metadata.google.internal", "169.254.169.254"),
                      resolved("rebind.evil", "169.254.169.254"),
                      resolved("169.254.169.254.nip.io", "1.2.3.4")),
                  List.of(
                      resolved("metadata.shop.internal", "10.0.0.1"),
                      resolved(
                          "metadata.google.internal",
                          "169.254.169.254",
                          "com.google.auth.oauth2.ComputeEngineCredentials.pingComputeEngine")))),
          entry(
              "Deserialization of a Known Gadget Class",
              new Cases(
                  List.of(
                      deserialized("org.apache.commons.collections.functors.InvokerTransformer"),
                      deserialized(
                          "[Lorg.apache.commons.collections4.functors.ChainedTransformer;"),
                      deserialized("com.sun.org.apache.xalan.internal.xsltc.trax.TemplatesImpl"),
                      deserialized("com.mchange.v2.c3p0.WrapperConnectionPoolDataSource")),
                  List.of(
                      deserialized("java.util.HashMap"),
                      deserialized("com.shop.Cart"),
                      deserialized("org.apache.commons.collections.map.HashedMap")))),
          entry(
              "Remote JNDI Lookup",
              new Cases(
                  List.of(
                      lookedUp("ldap://evil:1389/a"),
                      lookedUp("RMI://evil/a"),
                      lookedUp("corbaname::evil#x"),
                      lookedUp("dns:evil", REQUEST),
                      lookedUp(
                          "rmi://127.0.0.1:1099/a",
                          "java.rmi.registry.LocateRegistry.getRegistry",
                          "org.apache.karaf.management.ConnectorServerFactory.init"),
                      lookedUp(
                          "rmi://10.0.0.9:1099", "java.rmi.registry.LocateRegistry.getRegistry"),
                      lookedUp("rmi://127.0.0.1:1099", "javax.naming.InitialContext.lookup"),
                      lookedUp(
                          "rmi://evil/a",
                          "javax.naming.InitialContext.lookup",
                          "javax.management.remote.rmi.RMIConnectorServer.bind"),
                      lookedUp(
                          "ldap://evil/a",
                          "java.naming/javax.naming.InitialContext.lookup",
                          "evil.Factory.getObjectInstance",
                          "java.naming/com.sun.jndi.ldap.LdapReferralContext.<init>")),
                  List.of(
                      event(EventType.JNDI_ANSWER, "name", "ldap://evil/a", "resolved", "a.A"),
                      lookedUp("java:comp/env/jdbc/shop"),
                      lookedUp("ldapTemplate"),
                      lookedUp("uid=a,dc=shop"),
                      lookedUp(
                          "rmi://monitor/jmxrmi",
                          "javax.management.remote.rmi.RMIConnector.connect"),
                      lookedUp(
                          "rmi://127.0.0.1:1099/karaf-root",
                          "java.naming/javax.naming.InitialContext.getURLOrDefaultInitCtx",
                          "java.naming/javax.naming.InitialContext.bind",
                          "java.management.rmi/javax.management.remote.rmi.RMIConnectorServer.bind"),
                      lookedUp(
                          "rmi://127.0.0.1:1099",
                          "java.rmi/java.rmi.registry.LocateRegistry.getRegistry",
                          "org.apache.karaf.management.ConnectorServerFactory.init"),
                      lookedUp(
                          "ldap://forestdnszones.corp.example/DC=corp,DC=example",
                          "java.naming/com.sun.jndi.ldap.LdapCtxFactory.getUsingURL",
                          "java.naming/com.sun.jndi.ldap.LdapCtxFactory.getLdapCtxInstance",
                          "java.naming/com.sun.jndi.url.ldap.ldapURLContextFactory"
                              + ".getObjectInstance",
                          "java.naming/javax.naming.spi.NamingManager.processURL",
                          "java.naming/com.sun.jndi.ldap.LdapReferralContext.<init>",
                          "java.naming/com.sun.jndi.ldap.LdapReferralException.getReferralContext",
                          "a.Login.find"),
                      lookedUp(
                          "dns:_mongodb._tcp.x", "com.mongodb.internal.dns.JndiDnsClient.x")))));

  private NetworkCases() {}

  private static AgentEvent deserialized(String type) {
    return event(EventType.JDK_DESERIALIZATION, "type", type, "filterStatus", "ALLOWED");
  }
}
