//! Steps one after the other, and many times.

use std::future::Future;
use std::pin::Pin;
use std::sync::Arc;

use futures_util::future::try_join_all;
use futures_util::stream::{FuturesUnordered, StreamExt};
use judge::Environment;
use record::{EventKind, StepId, StepOutcome, StepPath};
use scenario::model::{Repeat, Step, Value};
use serde_json::Value as Json;

use super::scope::{End, Scope};
use super::stage::Stage;
use crate::driver::Fault;

/// The name of the number of a round.
const ROUND: &str = "round";

impl Stage<'_> {
    /// Carries out steps in order. After one that leaves no basis the others are skipped.
    pub(super) async fn steps(
        &self,
        steps: &[Step],
        parent: &StepPath,
        round: u32,
        scope: &mut Scope,
    ) -> Result<(), Fault> {
        for (index, step) in (0..).zip(steps) {
            self.framed(step, parent.child(index, round), scope).await?;
        }
        Ok(())
    }

    /// Carries out one step, with its beginning and its end in the record.
    async fn framed(&self, step: &Step, path: StepPath, scope: &mut Scope) -> Result<(), Fault> {
        let id = self.next_step();
        self.recorder.set_step(Some(id));
        self.recorder.push(EventKind::StepBegan { id, path: path.clone() });
        let end = match scope.broken.clone() {
            Some(why) => End { outcome: StepOutcome::Skipped(why.clone()), broken: Some(why) },
            None => self.step(step, id, &path, scope).await?,
        };
        scope.broken = end.broken;
        self.recorder.set_step(Some(id));
        self.recorder.push(EventKind::StepEnded { id, outcome: end.outcome });
        self.recorder.set_step(None);
        self.check_volume()
    }

    async fn step(&self, step: &Step, id: StepId, path: &StepPath, scope: &mut Scope) -> Result<End, Fault> {
        match step {
            Step::Send(send) => self.send(send, id, scope).await,
            Step::Raw(raw) => Ok(self.raw(raw, scope)),
            Step::Answer(answer) => Ok(self.answer(answer, scope)),
            Step::Expect(expect) => Ok(self.expect(expect, id, scope).await),
            Step::Quiet(_) => Ok(self.quiet().await),
            Step::Command(command) => self.command(command, id, scope).await,
            Step::Repeat(repeat) => self.repeat(repeat, path, scope).await,
            Step::Together(steps) => self.together(steps, path, scope).await,
            Step::Wait(wait) => Ok(self.wait(wait).await),
            Step::Unharmed(look) => self.unharmed(look, id, scope).await,
            Step::Verify(_) => Ok(End::done(Vec::new())),
        }
    }

    /// Carries out steps at once. Each of them is a course of its own, as a round is: what breaks one does not touch the
    /// others, only what follows them all. Boxed, because they carry out steps themselves.
    fn together<'s>(
        &'s self,
        steps: &'s [Step],
        path: &'s StepPath,
        scope: &'s mut Scope,
    ) -> Pin<Box<dyn Future<Output = Result<End, Fault>> + Send + 's>> {
        Box::pin(async move {
            let outer = Arc::new(std::mem::replace(&mut scope.names, Environment::new(self.profile)));
            let courses = (0..).zip(steps).map(async |(index, step)| {
                let mut course = Scope::within(outer.clone());
                self.framed(step, path.child(index, index), &mut course).await.map(|()| course)
            });
            let courses = try_join_all(courses).await?;
            scope.names = Environment::within(outer);
            let mut broken = None;
            for course in courses {
                broken = broken.or(course.broken);
                scope.names.absorb(course.names);
            }
            Ok(End { broken, ..End::done(Vec::new()) })
        })
    }

    /// Boxed, because the rounds carry out steps themselves.
    fn repeat<'s>(
        &'s self,
        repeat: &'s Repeat,
        path: &'s StepPath,
        scope: &'s mut Scope,
    ) -> Pin<Box<dyn Future<Output = Result<End, Fault>> + Send + 's>> {
        Box::pin(async move {
            let outer = Arc::new(scope.names.clone());
            let mut rounds =
                (0..count(repeat)).map(|round| self.round(repeat, path, round, Scope::within(outer.clone())));
            let mut under_way = FuturesUnordered::new();
            under_way.extend(rounds.by_ref().take(repeat.parallel.max(1) as usize));
            let mut broken = None;
            while let Some(round) = under_way.next().await {
                broken = broken.or(round?);
                // Further rounds would wait in vain, as this one did.
                if broken.is_none() {
                    under_way.extend(rounds.next());
                }
            }
            Ok(End { broken, ..End::done(Vec::new()) })
        })
    }

    /// One round, in a scope of its own. Gives back why it left no basis, if so.
    async fn round(
        &self,
        repeat: &Repeat,
        path: &StepPath,
        round: u32,
        mut scope: Scope,
    ) -> Result<Option<String>, Fault> {
        self.bind(&mut scope, ROUND, (round + 1).into());
        for (name, values) in &repeat.each {
            match values.get(round as usize).map(|value| self.value(value, &scope)) {
                Some(Ok(value)) => self.bind(&mut scope, name, value),
                Some(Err(why)) => scope.broken = Some(why),
                None => {}
            }
        }
        self.steps(&repeat.steps, path, round, &mut scope).await?;
        Ok(scope.broken)
    }

    fn value(&self, value: &Value, scope: &Scope) -> Result<Json, String> {
        judge::filled(value, &scope.names).map_err(|unresolved| unresolved.to_string())
    }
}

/// How many rounds there are.
fn count(repeat: &Repeat) -> u32 {
    let values = repeat.each.values().map(|values| values.len() as u32).max();
    repeat.times.or(values).unwrap_or_default()
}
