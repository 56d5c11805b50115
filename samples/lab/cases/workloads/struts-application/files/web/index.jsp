<%@ taglib prefix="s" uri="/struts-tags" %><html><s:form action="index"><s:textfield name="id" label="Number"/><s:submit/></s:form><s:property value="id"/></html>
