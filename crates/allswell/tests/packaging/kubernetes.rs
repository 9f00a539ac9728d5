//! The manifests: what a cluster would refuse, what an operator would regret, and the configuration inside them.

use std::path::PathBuf;

use allswell::config::{Surroundings, read_text};
use serde_json::{Value, json};

use crate::{packaged, read, yaml};

const FILES: [&str; 2] = ["kubernetes/allswell.yaml", "kubernetes/every-node.yaml"];

fn manifests() -> Vec<Value> {
    FILES.iter().flat_map(|file| yaml::documents(&read(file))).collect()
}

fn of_kind(kind: &str) -> Vec<Value> {
    manifests().into_iter().filter(|manifest| manifest["kind"] == kind).collect()
}

fn workloads() -> Vec<Value> {
    [of_kind("Deployment"), of_kind("DaemonSet")].concat()
}

/// What asks in the container whether the program lives.
pub(crate) fn liveness() -> Vec<String> {
    let probes: Vec<Value> = workloads()
        .iter()
        .map(|workload| workload["spec"]["template"]["spec"]["containers"][0]["livenessProbe"]["exec"]["command"].clone())
        .collect();
    assert_eq!(probes[0], probes[1]);
    serde_json::from_value(probes[0].clone()).unwrap()
}

#[test]
fn each_workload_runs_as_nobody_without_a_capability_in_a_root_that_cannot_be_written() {
    let workloads = workloads();
    assert_eq!(workloads.len(), 2);
    for workload in workloads {
        let pod = &workload["spec"]["template"]["spec"];
        assert_eq!(pod["securityContext"]["runAsNonRoot"], true);
        assert_eq!(pod["securityContext"]["runAsUser"], 65532);
        assert_eq!(pod["securityContext"]["seccompProfile"], json!({ "type": "RuntimeDefault" }));
        assert_eq!(pod["securityContext"]["sysctls"], json!([{ "name": "net.ipv4.ping_group_range", "value": "0 2147483647" }]));
        assert_eq!(pod["automountServiceAccountToken"], false);
        let container = &pod["containers"][0];
        let expected = json!({ "allowPrivilegeEscalation": false, "readOnlyRootFilesystem": true, "capabilities": { "drop": ["ALL"] } });
        assert_eq!(container["securityContext"], expected);
        assert_eq!(container["readinessProbe"]["httpGet"], json!({ "path": "/healthz", "port": "http" }));
        assert!(container["resources"]["limits"]["memory"].is_string() && container["resources"]["requests"]["cpu"].is_string());
        let (selector, labels) = (&workload["spec"]["selector"]["matchLabels"], &workload["spec"]["template"]["metadata"]["labels"]);
        assert_eq!(selector, labels, "a selector that does not fit is refused");
        let mounted: Vec<&Value> = container["volumeMounts"].as_array().unwrap().iter().map(|mount| &mount["name"]).collect();
        let volumes: Vec<&Value> = pod["volumes"].as_array().unwrap().iter().map(|volume| &volume["name"]).collect();
        assert_eq!(mounted, volumes);
    }
}

#[test]
fn one_history_has_one_writer() {
    let deployment = &of_kind("Deployment")[0];
    assert_eq!((&deployment["spec"]["replicas"], &deployment["spec"]["strategy"]["type"]), (&json!(1), &json!("Recreate")));
}

#[test]
fn what_is_referred_to_is_there() {
    let names = |kind: &str| of_kind(kind).iter().map(|manifest| manifest["metadata"]["name"].clone()).collect::<Vec<_>>();
    let (configurations, claims) = (names("ConfigMap"), names("PersistentVolumeClaim"));
    for workload in workloads() {
        for volume in workload["spec"]["template"]["spec"]["volumes"].as_array().unwrap() {
            let known = match (volume["configMap"]["name"].clone(), volume["persistentVolumeClaim"]["claimName"].clone()) {
                (Value::Null, Value::Null) => volume["emptyDir"].is_object(),
                (configuration, Value::Null) => configurations.contains(&configuration),
                (_, claim) => claims.contains(&claim),
            };
            assert!(known, "{volume}");
        }
    }
    let service = &of_kind("Service")[0]["spec"];
    assert_eq!(service["selector"], of_kind("Deployment")[0]["spec"]["selector"]["matchLabels"]);
    for manifest in manifests().iter().filter(|manifest| manifest["kind"] != "Namespace") {
        assert_eq!(manifest["metadata"]["namespace"], "allswell", "{}", manifest["kind"]);
    }
}

#[test]
fn the_program_reads_the_configurations_with_the_variables_of_the_workloads() {
    for (configuration, workload) in of_kind("ConfigMap").iter().zip(workloads()) {
        let container = &workload["spec"]["template"]["spec"]["containers"][0];
        let given: Vec<&str> = container["env"].as_array().unwrap().iter().map(|variable| variable["name"].as_str().unwrap()).collect();
        let value = |name: &str| match name {
            "VIEWER_TOKEN_SHA256" => format!("sha256:{}", "0".repeat(64)),
            _ => "node-1".to_owned(),
        };
        let variable = |name: &str| given.contains(&name).then(|| value(name));
        let text = configuration["data"]["allswell.yaml"].as_str().unwrap();
        let surroundings = Surroundings { variable: &variable, folder: PathBuf::from("/etc/allswell") };
        let read = read_text("allswell.yaml", text, &surroundings).unwrap_or_else(|report| panic!("{report}"));
        assert_eq!(read.listen.to_string(), "0.0.0.0:8420", "kubelet asks from outside the pod");
        assert!(!read.targets.is_empty());
    }
}

#[test]
fn nothing_is_packaged_that_no_test_looks_at() {
    let mut found = Vec::new();
    for folder in ["kubernetes", "grafana", "prometheus", "systemd"] {
        let files = std::fs::read_dir(packaged(folder)).unwrap();
        found.extend(files.map(|file| format!("{folder}/{}", file.unwrap().file_name().into_string().unwrap())));
    }
    found.sort();
    let known = [
        "grafana/allswell.json",
        "kubernetes/allswell.yaml",
        "kubernetes/every-node.yaml",
        "prometheus/prometheus.yaml",
        "prometheus/rules.yaml",
        "prometheus/rules_test.yaml",
        "systemd/allswell.service",
    ];
    assert_eq!(found, known);
}
