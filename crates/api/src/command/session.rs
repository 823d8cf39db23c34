//! Signing up, in and out.

use amethyst_engine::{Core, SessionInfo, SessionStatus, SignOutScope as EngineScope, VerifyKind};

use crate::ApiError;
use crate::view::{
    EmailRequest, SessionState, SessionView, SignInRequest, SignOutRequest, SignOutScope,
    SignUpRequest, UnlockRequest, VerifyKindView, VerifyRequest,
};

/// The view of a session.
pub(crate) fn session_view(info: SessionInfo) -> SessionView {
    let state = match info.status {
        SessionStatus::SignedOut => SessionState::SignedOut,
        SessionStatus::Locked => SessionState::Locked,
        SessionStatus::AwaitingConfirmation => SessionState::AwaitingConfirmation,
        SessionStatus::SignedIn => SessionState::SignedIn,
        SessionStatus::NeedsSignIn => SessionState::NeedsSignIn,
    };
    SessionView {
        state,
        user_id: info.user_id.map(|id| id.to_string()),
        email: info.email,
        remembered: info.remembered,
    }
}

pub(crate) async fn session_current(core: &Core, (): ()) -> Result<SessionView, ApiError> {
    Ok(session_view(core.session().await))
}

pub(crate) async fn session_sign_up(
    core: &Core,
    request: SignUpRequest,
) -> Result<SessionView, ApiError> {
    let language = request.language.into();
    Ok(session_view(
        core.sign_up(&request.email, &request.password, language)
            .await?,
    ))
}

pub(crate) async fn session_sign_in(
    core: &Core,
    request: SignInRequest,
) -> Result<SessionView, ApiError> {
    Ok(session_view(
        core.sign_in(&request.email, &request.password).await?,
    ))
}

pub(crate) async fn session_resend(core: &Core, request: EmailRequest) -> Result<(), ApiError> {
    Ok(core.resend_confirmation(&request.email).await?)
}

pub(crate) async fn session_recover(core: &Core, request: EmailRequest) -> Result<(), ApiError> {
    Ok(core.recover(&request.email).await?)
}

pub(crate) async fn session_verify(
    core: &Core,
    request: VerifyRequest,
) -> Result<SessionView, ApiError> {
    let kind = match request.kind {
        VerifyKindView::Signup => VerifyKind::Signup,
        VerifyKindView::Recovery => VerifyKind::Recovery,
    };
    let new_password = request.new_password.as_deref();
    Ok(session_view(
        core.verify(&request.email, &request.code, kind, new_password)
            .await?,
    ))
}

pub(crate) async fn session_unlock(
    core: &Core,
    request: UnlockRequest,
) -> Result<SessionView, ApiError> {
    Ok(session_view(core.unlock(request.passphrase).await?))
}

pub(crate) async fn session_sign_out(
    core: &Core,
    request: SignOutRequest,
) -> Result<SessionView, ApiError> {
    let scope = match request.scope {
        SignOutScope::Local => EngineScope::Local,
        SignOutScope::Global => EngineScope::Global,
        SignOutScope::Others => EngineScope::Others,
    };
    Ok(session_view(core.sign_out(scope).await?))
}
