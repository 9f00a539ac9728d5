//! tmp
use std::sync::Arc; use std::time::Duration; use allswell_model::*; use allswell_store::*; use allswell_web::*;
struct P; impl Control for P { fn now(&self)->Timestamp{Timestamp(1_795_193_657_000_000)} fn version(&self)->String{"x".into()} fn counters(&self)->Counters{Counters::default()} fn health(&self)->Health{Health::Ok} fn reload(&self)->Result<(),Vec<String>>{Ok(())}
fn check(&self,_:&str)->Result<String,Vec<String>>{Ok("{}".into())} fn put_target(&self,_:&TargetId,_:&str)->Result<bool,Vec<String>>{Ok(true)} fn remove_target(&self,_:&TargetId)->Result<bool,Vec<String>>{Ok(true)} fn alerts(&self)->Alerts{Alerts::default()} }
fn main(){ let rt=tokio::runtime::Builder::new_current_thread().enable_all().build().unwrap(); rt.block_on(async{
 let f=tempfile::tempdir().unwrap(); let now=Timestamp(1_795_193_657_000_000);
 let (mut w,r)=open(&allswell_store::Settings{path:f.path().join("s"),node:NodeId::new("n").unwrap(),location:"".into(),retention:Retention::default()},now).unwrap();
 let ts:Vec<Target>=(0..200).map(|n|{let name=TargetName::new("g",&format!("t{n}")).unwrap(); Target{id:name.id().unwrap(),url:"tcp://x:1".into(),name,protocol:"tcp",repeat:"".into(),labels:Default::default(),policy:Policy::default(),alerting:Alerting::default(),runbook:None,origin:Origin::Argument}}).collect();
 w.targets(&ts,now).unwrap();
 let l=tokio::net::TcpListener::bind("127.0.0.1:0").await.unwrap(); let a=l.local_addr().unwrap(); println!("http://{a}/");
 let tls=std::env::args().nth(1).map(|p|Tls::read(format!("{p}.pem").as_ref(),format!("{p}.key").as_ref()).unwrap());
 let s=allswell_web::Settings{listen:a,allowed_hosts:vec![],title:"x".into(),token:None,access:AccessList::default()};
 let router=router(r,Arc::new(P),s);
 // a commit with results each 100 ms, and an event each second
 std::thread::spawn(move||{ let mut n=0u64; loop { std::thread::park_timeout(Duration::from_millis(100)); n+=1;
   let res:Vec<_>=ts.iter().map(|t|Arc::new(ProbeResult{target:t.id.clone(),started:now+Duration::from_millis(n*100),duration:Duration::from_millis(1),outcome:Outcome::Up,reason:"ok".into(),address:None,said_by:None,rtt:None,stages:StageTimes::default(),measurements:vec![],degraded:None,sub_results:vec![]})).collect();
   let ev=[(now,EventBody::Stalled{for_ms:n})]; let events:&[_]=if n%10==0{&ev}else{&[]};
   w.append(Batch{results:&res,events,..Batch::default()},now+Duration::from_millis(n*100)).unwrap(); } });
 serve_with(l,router,Serving{limits:Limits::default(),tls},std::future::pending()).await.unwrap();
 });}
