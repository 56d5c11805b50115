<html><#list 1..3 as row>${row} ${id} </#list></html>
