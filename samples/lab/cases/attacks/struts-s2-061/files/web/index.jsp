<%@ taglib prefix="s" uri="/struts-tags" %><html><s:a id="%{id}">index</s:a></html>
