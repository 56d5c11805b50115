package whorl.agent.hook.entry;

/**
 * Classes of published gadget chains against Java object streams, by the beginning of their names.
 * The names are those of the payloads in ysoserial, marshalsec, the GadgetInspector and "Serial
 * Killer" deny lists, and of the advisories for these libraries. Classes that are frequent in
 * ordinary streams (collections, proxies, reflection's own) are left out, although chains use them
 * as well.
 */
final class GadgetClasses {
  private static final String[] PREFIXES = {
    // commons-collections, COLLECTIONS-580
    "org.apache.commons.collections.functors.",
    "org.apache.commons.collections4.functors.",
    "org.apache.commons.collections.keyvalue.TiedMapEntry",
    "org.apache.commons.collections4.keyvalue.TiedMapEntry",
    "org.apache.commons.collections.map.LazyMap",
    "org.apache.commons.collections4.map.LazyMap",
    "org.apache.commons.collections.map.TransformedMap",
    "org.apache.commons.collections4.map.TransformedMap",
    "org.apache.commons.collections.comparators.TransformingComparator",
    "org.apache.commons.collections4.comparators.TransformingComparator",
    // commons-beanutils, commons-fileupload (CVE-2016-1000031), commons-configuration
    "org.apache.commons.beanutils.BeanComparator",
    "org.apache.commons.fileupload.disk.DiskFileItem",
    "org.apache.commons.configuration.ConfigurationMap",
    // the JDK's own
    "com.sun.org.apache.xalan.internal.xsltc.trax.TemplatesImpl",
    "org.apache.xalan.xsltc.trax.TemplatesImpl",
    "com.sun.rowset.JdbcRowSetImpl",
    "com.sun.jndi.ldap.LdapAttribute",
    "com.sun.jndi.toolkit.dir.LazySearchEnumerationImpl",
    "javax.management.BadAttributeValueExpException",
    "sun.reflect.annotation.AnnotationInvocationHandler",
    "javax.script.ScriptEngineManager",
    "java.security.SignedObject",
    "javax.swing.event.EventListenerList",
    "sun.rmi.server.UnicastRef",
    "java.rmi.server.RemoteObjectInvocationHandler",
    "sun.rmi.transport.LiveRef",
    "java.beans.EventHandler",
    // Groovy (CVE-2015-3253), BeanShell (CVE-2016-2510), Rhino, Jython, Clojure, Scala
    "org.codehaus.groovy.runtime.ConvertedClosure",
    "org.codehaus.groovy.runtime.MethodClosure",
    "bsh.XThis",
    "bsh.Interpreter",
    "org.mozilla.javascript.NativeJavaObject",
    "org.mozilla.javascript.NativeError",
    "org.mozilla.javascript.MemberBox",
    "org.python.core.PyFunction",
    "clojure.inspector.proxy",
    "clojure.core$",
    "scala.sys.process.ProcessBuilderImpl",
    "scala.collection.immutable.LazyList$SerializationProxy",
    // Spring
    "org.springframework.aop.support.AbstractBeanFactoryPointcutAdvisor",
    "org.springframework.aop.support.DefaultBeanFactoryPointcutAdvisor",
    "org.springframework.aop.framework.AdvisedSupport",
    "org.springframework.aop.framework.JdkDynamicAopProxy",
    "org.springframework.aop.target.",
    "org.springframework.beans.factory.support.DefaultListableBeanFactory",
    "org.springframework.beans.factory.config.PropertyPathFactoryBean",
    "org.springframework.beans.factory.ObjectFactory",
    "org.springframework.core.SerializableTypeWrapper$MethodInvokeTypeProvider",
    "org.springframework.transaction.jta.JtaTransactionManager",
    "org.springframework.jndi.",
    // C3P0, ROME, Hibernate, Myfaces, Vaadin, Weld, Click, Wicket, Jackson, AspectJ, JSON-lib
    "com.mchange.v2.c3p0.",
    "com.rometools.rome.feed.impl.",
    "com.sun.syndication.feed.impl.",
    "org.hibernate.property.BasicPropertyAccessor$BasicGetter",
    "org.hibernate.property.access.spi.GetterMethodImpl",
    "org.hibernate.tuple.component.",
    "org.apache.myfaces.context.servlet.FacesContextImpl",
    "org.apache.myfaces.view.facelets.el.ValueExpressionMethodExpression",
    "com.vaadin.data.util.",
    "org.jboss.weld.interceptor.",
    "org.jboss.interceptor.",
    "org.apache.click.control.Column$ColumnComparator",
    "org.apache.wicket.util.upload.DiskFileItem",
    "com.fasterxml.jackson.databind.node.POJONode",
    "org.aspectj.weaver.tools.cache.SimpleCache",
    "net.sf.json.JSONObject",
    "org.apache.logging.log4j.core.appender.db.jdbc.",
    "oracle.jdbc.rowset.OracleJDBCRowSet",
    "org.apache.shiro.jndi.",
    "weblogic.jndi.internal.ForeignOpaqueReference",
    "com.tangosol.",
  };

  private final ClassValue<Boolean> known =
      new ClassValue<>() {
        @Override
        protected Boolean computeValue(Class<?> type) {
          return isGadget(type.getName());
        }
      };

  /** Cached for each class. */
  boolean isGadget(Class<?> type) {
    return known.get(type);
  }

  static boolean isGadget(String className) {
    for (String prefix : PREFIXES) {
      if (className.startsWith(prefix)) {
        return true;
      }
    }
    return false;
  }
}
